/** Milliseconds between two frames beyond which a map does not move smoothly. */
const SLOW = 22;
const QUICK = 17.5;
/** Frames looked at together. */
const FRAMES = 5;
const MOST = 16;
const PAUSE = 1000;
/** One point of so many is little enough to draw. */
const FEW = 6;
/** So many points are never left out: drawing them is not what takes the time. */
const KEPT = 3000;

/**
 * Decides how many of the points are drawn while the map moves: all where the machine keeps up, one of so many where it
 * does not. What is at rest is always drawn whole.
 */
export class Pace {
  every = 1;
  #last = 0;
  #spans: number[] = [];
  #hopeless = 0;

  /** A frame of a map that moves is drawn at this time. */
  frame(now: number) {
    const span = now - this.#last;
    this.#last = now;
    // A pause says nothing of how fast frames are drawn.
    if (span > PAUSE) return;
    this.#spans.push(span);
    if (this.#spans.length < FRAMES) return;
    const middle = [...this.#spans].sort((a, b) => a - b)[FRAMES >> 1] ?? 0;
    this.#spans = [];
    if (middle > SLOW && this.every >= FEW) this.#hopeless++;
    else this.#hopeless = 0;
    if (middle > SLOW) this.every = Math.min(MOST, Math.ceil((this.every * middle) / QUICK));
    else if (middle < QUICK && this.every > 1) this.every -= 1;
  }

  /** One point of so many is drawn, where there are `count`. */
  everyOf(count: number): number {
    return Math.max(1, Math.min(this.every, Math.floor(count / KEPT)));
  }

  /** Even a part of the points takes too long, time after time: this way of drawing is no good here. */
  get isHopeless(): boolean {
    return this.#hopeless >= 3;
  }

  /** Another way of drawing begins. */
  reset() {
    this.every = 1;
    this.#hopeless = 0;
    this.rest();
  }

  /** The map stands still. */
  rest() {
    this.#spans = [];
    this.#last = 0;
  }
}
