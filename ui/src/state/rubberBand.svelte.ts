import type { Box } from '../lib/layout';

interface Point {
  x: number;
  y: number;
}

/** Pixels that the pointer must move before it is a drag. */
const SLACK = 5;

/** The rectangle that is drawn over photos to select them, in the coordinates of the page that scrolls. */
export class RubberBand {
  box = $state.raw<Box | null>(null);
  #start: Point | null = null;

  get pending(): boolean {
    return this.#start !== null;
  }

  begin(at: Point) {
    this.#start = at;
  }

  /** The rectangle now; null as long as it is none. */
  move(to: Point): Box | null {
    const from = this.#start;
    if (!from) return null;
    if (!this.box && Math.hypot(to.x - from.x, to.y - from.y) < SLACK) return null;
    this.box = {
      left: Math.min(from.x, to.x),
      top: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x),
      height: Math.abs(to.y - from.y),
    };
    return this.box;
  }

  /** Ends it; true when there was a rectangle, and not only a click. */
  end(): boolean {
    const drawn = this.box !== null;
    this.#start = null;
    this.box = null;
    return drawn;
  }
}
