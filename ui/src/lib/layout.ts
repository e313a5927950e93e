import type { Section } from './sections';

/** How the grid is to be laid out. Lengths are CSS pixels. */
export interface LayoutOptions {
  mode: 'justified' | 'uniform';
  /** Width of the grid, without the scroll bar. */
  width: number;
  /** Height that rows aim at. */
  target: number;
  gap: number;
  /** Height of a section's heading, with the space around it. */
  heading: number;
}

/** Rows from top to bottom; one array for each property, so that 100,000 photos cost a few megabytes. */
export interface Layout {
  readonly count: number;
  readonly height: number;
  /** For each row: top, height, index of its first photo. `first` has one more entry, which is `count`. */
  readonly top: Float64Array;
  readonly rowHeight: Float32Array;
  readonly first: Uint32Array;
  /** For each photo: left edge and width. */
  readonly left: Float32Array;
  readonly width: Float32Array;
  readonly headings: readonly { top: number; section: Section }[];
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Panoramas and screenshots of whole pages do not take a row, or vanish in one, all alone. */
const NARROWEST = 0.4;
const WIDEST = 4;
/** The highest a page may be: WebKit and Chromium keep lengths in 1/64 pixels of 32 bits. */
export const HIGHEST_PAGE = 30_000_000;

/**
 * Lays out photos, in rows that end at section borders.
 *
 * @param aspect width divided by height of each photo
 * @param sections the headed stretches that the photos are divided into, in order; none for one without headings
 */
export function layOut(aspect: ArrayLike<number>, sections: readonly Section[], options: LayoutOptions): Layout {
  const count = aspect.length;
  const left = new Float32Array(count);
  const width = new Float32Array(count);
  const top: number[] = [];
  const rowHeight: number[] = [];
  const first: number[] = [];
  const headings: { top: number; section: Section }[] = [];
  const columns = Math.max(1, Math.round((options.width + options.gap) / (options.target + options.gap)));
  const uniform = options.mode === 'uniform';
  let y = 0;

  /** Adds a row of photos that are as wide as their shapes times its height, or all as wide as it is high. */
  const addRow = (from: number, to: number, height: number) => {
    top.push(y);
    rowHeight.push(height);
    first.push(from);
    let x = 0;
    for (let index = from; index < to; index++) {
      const its = uniform ? height : bounded(aspect[index]) * height;
      left[index] = x;
      width[index] = its;
      x += its + options.gap;
    }
    y += height + options.gap;
  };

  const whole: Section = { kind: 'rest', from: 0, to: count, time: 0 };
  for (const part of sections.length > 0 ? sections : [whole]) {
    if (part !== whole) {
      headings.push({ top: y, section: part });
      y += options.heading;
    }
    if (uniform) {
      const side = (options.width - options.gap * (columns - 1)) / columns;
      for (let from = part.from; from < part.to; from += columns) {
        addRow(from, Math.min(from + columns, part.to), side);
      }
    } else {
      for (let from = part.from; from < part.to;) {
        const row = justifiedRow(aspect, from, part.to, options);
        addRow(from, row.to, row.height);
        from = row.to;
      }
    }
  }
  first.push(count);
  return {
    count,
    height: Math.max(0, y - options.gap),
    top: Float64Array.from(top),
    rowHeight: Float32Array.from(rowHeight),
    first: Uint32Array.from(first),
    left,
    width,
    headings,
  };
}

function bounded(aspect: number | undefined): number {
  return Math.min(WIDEST, Math.max(NARROWEST, aspect ?? 1.5));
}

/** The row that starts at `from`: as many photos as make its height come closest to the target when it is filled. */
function justifiedRow(aspect: ArrayLike<number>, from: number, end: number, options: LayoutOptions) {
  let sum = 0;
  let before = Infinity;
  for (let to = from; to < end; to++) {
    const wider = sum + bounded(aspect[to]);
    const height = (options.width - options.gap * (to - from)) / wider;
    if (height <= options.target) {
      const keepsOne = to === from || options.target - height < before - options.target;
      return keepsOne ? { to: to + 1, height } : { to, height: before };
    }
    sum = wider;
    before = height;
  }
  // A last row that is not full keeps the target's height, unless it is nearly full anyway.
  return { to: end, height: before <= options.target * 1.2 ? before : options.target };
}

/** Where a photo is. */
export function boxOf(layout: Layout, index: number): Box {
  const row = rowOf(layout, index);
  return {
    left: layout.left[index] ?? 0,
    top: layout.top[row] ?? 0,
    width: layout.width[index] ?? 0,
    height: layout.rowHeight[row] ?? 0,
  };
}

/** Number of the row that holds a photo. */
export function rowOf(layout: Layout, index: number): number {
  return lastNotAbove(layout.first, layout.top.length, index);
}

/** Number of the row at a height, or the nearest above it. */
export function rowAt(layout: Layout, y: number): number {
  return lastNotAbove(layout.top, layout.top.length, y);
}

/** Index of the last of the first `length` ascending values that is not above `value`; 0 when all are. */
function lastNotAbove(values: ArrayLike<number>, length: number, value: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Photos whose boxes touch a rectangle, as a rubber band selects them. */
export function touching(layout: Layout, band: Box): number[] {
  const found: number[] = [];
  for (let row = rowAt(layout, band.top); row < layout.top.length; row++) {
    const top = layout.top[row] ?? 0;
    if (top > band.top + band.height) break;
    if (top + (layout.rowHeight[row] ?? 0) < band.top) continue;
    for (let index = layout.first[row] ?? 0; index < (layout.first[row + 1] ?? 0); index++) {
      const left = layout.left[index] ?? 0;
      if (left <= band.left + band.width && left + (layout.width[index] ?? 0) >= band.left) found.push(index);
    }
  }
  return found;
}
