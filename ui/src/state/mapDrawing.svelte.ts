import { canvasPainter } from '../drawing/canvasPainter';
import { Pace } from '../drawing/pace';
import { pointRadius, type PointPainter } from '../drawing/painter';
import { webglPainter } from '../drawing/webglPainter';
import { magnification } from '../lib/explore/camera';
import type { Colour } from '../lib/explore/colours';
import { eased } from '../lib/explore/photoMap';
import type { App } from './app.svelte';

/** Milliseconds without a change after which the map is at rest, and drawn whole. */
const REST = 140;
/** More pixels than these in one of the page cost more than they show. */
const SHARPEST = 2;

/** Draws the map when something has changed, and as long as something moves. */
export class MapDrawing {
  /** By the graphics card, pixel by pixel, or not at all. */
  way = $state<'gl' | 'plain' | 'none'>('gl');
  #painter = $state.raw<PointPainter | null>(null);
  #app: App;
  #pace = new Pace();
  #request = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #accent: Colour = [61, 87, 214];

  constructor(app: App) {
    this.#app = app;
  }

  /** Begins to draw; to be called in an effect, whose end ends it. A canvas that is lost calls for another one. */
  begin(canvas: HTMLCanvasElement): () => void {
    const gl = this.way === 'gl' ? webglPainter(canvas) : null;
    const painter = gl ?? canvasPainter(canvas);
    this.way = painter ? (gl ? 'gl' : 'plain') : 'none';
    this.#painter = painter;
    this.#pace.reset();
    const lost = (event: Event) => {
      event.preventDefault();
      this.way = 'plain';
    };
    canvas.addEventListener('webglcontextlost', lost);
    return () => {
      canvas.removeEventListener('webglcontextlost', lost);
      cancelAnimationFrame(this.#request);
      clearTimeout(this.#settle);
      this.#request = 0;
      painter?.dispose();
    };
  }

  /** Gives the painter what has changed. One effect each, so that a pan does not send colours. */
  follow() {
    const { explore, look } = this.#app;
    $effect(() => this.#painter?.place(explore.map.placed.from, explore.map.placed.to));
    $effect(() => this.#painter?.colour(look.colours));
    $effect(() => this.#painter?.mark(look.states));
    $effect(() => {
      void this.#app.dark;
      this.#accent = accentOf(document.documentElement) ?? this.#accent;
    });
    $effect(() => {
      const { placed, camera, frame, share } = explore.map;
      void [this.#painter, placed, camera, frame, share, look.colours, look.states, this.#app.dark];
      this.#schedule();
    });
  }

  #schedule() {
    if (this.#request === 0) this.#request = requestAnimationFrame(this.#draw);
  }

  #draw = (now: number) => {
    this.#request = 0;
    if (this.#app.explore.map.tick(now)) this.#schedule();
    this.#pace.frame(now);
    // Where the graphics card is only played by the processor, drawing by hand is faster.
    if (this.way === 'gl' && this.#pace.isHopeless) this.way = 'plain';
    const every = this.#pace.everyOf(this.#app.explore.map.placed.map.length);
    this.#paint(every);
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      // A frame that is late is no rest.
      if (this.#request !== 0) return;
      this.#pace.rest();
      if (every > 1) this.#paint(1);
    }, REST);
  };

  #paint(every: number) {
    const { camera, frame, placed, share } = this.#app.explore.map;
    if (!this.#painter || frame.width === 0) return;
    this.#painter.paint({
      camera,
      size: frame,
      pixelRatio: Math.min(SHARPEST, devicePixelRatio),
      progress: eased(share),
      radius: pointRadius(placed.map.length, magnification(camera, frame)),
      every,
      accent: this.#accent,
    });
  }
}

/** The accent of the colours in use, which the style sheet has as `#rrggbb`. */
function accentOf(root: Element): Colour | null {
  const hex = getComputedStyle(root).getPropertyValue('--accent').trim();
  const value = parseInt(hex.slice(1), 16);
  return /^#[0-9a-f]{6}$/i.test(hex) ? [value >> 16, (value >> 8) & 255, value & 255] : null;
}
