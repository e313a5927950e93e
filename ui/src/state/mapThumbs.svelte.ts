import { PointState } from '../drawing/painter';
import { coverIds } from '../lib/explore/members';
import { chanceOf, chooseThumbs, inTurn, thumbSide } from '../lib/explore/thumbs';
import type { App } from './app.svelte';

/** Thumbnails on the map at most, whatever the library and the window. */
export const MOST_THUMBS = 160;
/** Milliseconds between two choices while the map moves. */
const CHOOSE_AFTER = 90;
/** New ones at a time, so that the frame in which they appear is not late. */
const FRESH = 24;

/** Which photos of the map show their pictures. */
export class MapThumbs {
  /** Indices of the photos. */
  chosen = $state.raw<readonly number[]>([]);
  #app: App;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
  }

  readonly side = $derived.by(() => {
    const { camera, placed } = this.#app.explore.map;
    return thumbSide(camera.scale, placed.map.length);
  });

  /** Ids that the themes show themselves by: they come first. */
  readonly #covers = $derived.by(() => coverIds(this.#app.explore.themes.exploration.result?.themes ?? []));

  /** Something has changed: chooses anew in a moment, however often this is called. */
  changed() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.choose();
    }, CHOOSE_AFTER);
  }

  choose() {
    const { explore, look } = this.#app;
    const { placed, camera, frame, moving } = explore.map;
    if (moving || frame.width === 0) {
      this.chosen = [];
      return;
    }
    const { map, index } = placed;
    const { states, lit } = look;
    // Where some stand out, the others stay points.
    const least = lit ? PointState.lit : PointState.plain;
    const all = chooseThumbs({
      map,
      index,
      camera,
      frame,
      side: this.side,
      most: MOST_THUMBS,
      counts: (each) => (states[each] ?? 0) >= least,
      kept: this.chosen,
      priority: (each) => {
        const id = map.id[each] ?? 0;
        // What belongs to something tells more than a stray.
        const belongs = (map.theme[each] ?? -1) >= 0 ? 2 : 0;
        return belongs + (this.#covers.has(id) ? 1 : 0) + chanceOf(id);
      },
    });
    this.chosen = inTurn(all, this.chosen, FRESH);
    if (this.chosen.length < all.length) this.changed();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.chosen = [];
  }
}
