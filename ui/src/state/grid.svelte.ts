import { boxOf, layOut, rowAt, rowOf, type Layout } from '../lib/layout';
import type { Section } from '../lib/sections';
import type { Timeline } from '../lib/timeline';
import { largestTarget, smallestTarget, visibleRows } from '../lib/window';

export interface GridInput {
  photos: Timeline;
  sections: readonly Section[];
  mode: 'justified' | 'uniform';
  /** Height of rows that the user asked for. */
  size: number;
}

export const GAP = 4;
export const HEADING = 64;
/** Pixels a millisecond beyond which pictures are not asked for: they would be gone before they came. */
const FAST = 4;

/** Where the grid is: its layout, what of it is in sight, and what keeps its place when the layout changes. */
export class GridView {
  width = $state(0);
  height = $state(0);
  scrollTop = $state(0);
  /** Scrolling so fast that only colours are drawn. */
  fast = $state(false);
  /** The cell in focus stays in the document when it is scrolled away, so that keys go on working. */
  held = $state<number | null>(null);

  readonly layout: Layout = $derived.by(() => this.#layOut());
  #input: () => GridInput;
  #anchor: { id: number; offset: number } | null = null;
  #at = 0;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(input: () => GridInput) {
    this.#input = input;
  }

  #range = $derived(visibleRows(this.layout, this.scrollTop, this.height));
  // Numbers, which stay the same from most frames to the next: what hangs on the rows is then left alone.
  #from = $derived(this.#range.from);
  #to = $derived(this.#range.to);

  readonly rows = $derived.by(() => {
    const [from, to] = [this.#from, this.#to];
    const rows = Array.from({ length: to - from }, (_, index) => from + index);
    if (this.held !== null && this.held < this.layout.count) {
      const row = rowOf(this.layout, this.held);
      if (row < from) rows.unshift(row);
      else if (row >= to) rows.push(row);
    }
    return rows;
  });

  /** Headings near the part in sight. */
  readonly headings = $derived(
    this.layout.headings.filter(({ top }) => top > this.scrollTop - 400 && top < this.scrollTop + this.height + 400),
  );

  /** Index of the first photo that is wholly in sight. */
  readonly firstInSight = $derived.by(() => {
    const row = rowAt(this.layout, this.scrollTop + 1);
    const next = (this.layout.top[row] ?? 0) < this.scrollTop - 1 ? row + 1 : row;
    return Math.min(this.layout.first[next] ?? 0, Math.max(0, this.layout.count - 1));
  });

  #mean = $derived.by(() => {
    const { aspect, length } = this.#input().photos;
    return length === 0 ? 1.5 : aspect.reduce((sum, each) => sum + each, 0) / length;
  });

  indices(row: number): number[] {
    const from = this.layout.first[row] ?? 0;
    return Array.from({ length: (this.layout.first[row + 1] ?? from) - from }, (_, index) => from + index);
  }

  /** After the user has scrolled. `now` is in milliseconds. */
  scrolled(scrollTop: number, now: number, ids: ArrayLike<number>) {
    this.fast = Math.abs(scrollTop - this.scrollTop) > FAST * Math.max(8, now - this.#at) && now - this.#at < 200;
    clearTimeout(this.#quiet);
    if (this.fast) this.#quiet = setTimeout(() => (this.fast = false), 120);
    this.#at = now;
    this.scrollTop = scrollTop;
    const first = this.firstInSight;
    const id = ids[first];
    this.#anchor = id === undefined ? null : { id, offset: boxOf(this.layout, first).top - scrollTop };
  }

  /** Where to scroll after the layout has changed so that the photo at the top stays there; null to stay. */
  restored(ids: ArrayLike<number>): number | null {
    if (!this.#anchor || this.scrollTop <= 0) return null;
    const index = Array.prototype.indexOf.call(ids, this.#anchor.id);
    return index < 0 ? null : Math.max(0, boxOf(this.layout, index).top - this.#anchor.offset);
  }

  /** Where to scroll so that a photo is in sight; null when it is. */
  reveal(index: number, margin = 72): number | null {
    const box = boxOf(this.layout, index);
    if (box.top < this.scrollTop + 8) return Math.max(0, box.top - margin);
    const bottom = box.top + box.height;
    return bottom > this.scrollTop + this.height - 8 ? bottom - this.height + margin : null;
  }

  #layOut(): Layout {
    const { photos, sections, mode, size } = this.#input();
    const { width, height } = this;
    if (width <= 0) return layOut([], [], { mode, width: 0, target: 100, gap: GAP, heading: HEADING });
    const smallest = smallestTarget({ mode, width, gap: GAP }, height, this.#mean);
    const target = Math.min(Math.max(size, smallest), Math.max(smallest, largestTarget(photos.length, width)));
    return layOut(photos.aspect, sections, { mode, width, target, gap: GAP, heading: HEADING });
  }
}
