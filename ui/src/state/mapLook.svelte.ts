import type { PhotoTheme } from '../host/types';
import { groupColour, noColour, paintPoints, rampColour, type Colour } from '../lib/explore/colours';
import { themeMiddles } from '../lib/explore/labels';
import { isWithin, timeBins, type Span } from '../lib/explore/times';
import { PointState } from '../drawing/painter';
import type { App } from './app.svelte';
import { FolderGroups } from './folderGroups.svelte';

export type Colouring = 'theme' | 'folder' | 'date';

/** Spans that the slider of time shows. */
const BINS = 64;

/** How the photos of the map look: their colours, and which of them stand out or are left out. */
export class MapLook {
  colouring = $state<Colouring>('theme');
  /** Only photos of this time. */
  span = $state.raw<Span | null>(null);
  /** A theme whose photos stand out. */
  theme = $state<number | null>(null);
  readonly folders: FolderGroups;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.folders = new FolderGroups(app.host, app.library);
  }

  /** Place of each photo of the map in the timeline; −1 for those that are not there yet. */
  readonly #lines = $derived.by(() => {
    const { places } = this.#app.library;
    return Int32Array.from(this.#app.explore.map.placed.map.id, (id) => places.get(id) ?? -1);
  });
  /** When each photo was taken; 0 where that is not known. */
  readonly times = $derived.by(() => {
    const { time } = this.#app.library.timeline;
    return Float64Array.from(this.#lines, (line) => time[line] ?? 0);
  });
  readonly bins = $derived(timeBins(this.times, BINS));

  readonly middles = $derived.by(() => {
    const { tree } = this.#app.explore.themes;
    return themeMiddles(this.#app.explore.map.placed.map, (theme) => tree.lineage(theme));
  });

  readonly colours = $derived.by(() => {
    const { map } = this.#app.explore.map.placed;
    return paintPoints(map.length, (index) => this.colourOf(index));
  });

  /** Photos that stand out: those found, or else those of a theme. Null when all are alike. */
  readonly lit = $derived.by((): ((index: number) => boolean) | null => {
    const { explore, found } = this.#app;
    const { id, theme } = explore.map.placed.map;
    if (found) return (index) => found.has(id[index] ?? -1);
    if (this.theme === null) return null;
    const family = explore.themes.tree.family(this.theme);
    return (index) => family.has(theme[index] ?? -1);
  });

  readonly states = $derived.by(() => {
    const { map } = this.#app.explore.map.placed;
    const { ids } = this.#app.selection.current;
    const { lit } = this;
    return Uint8Array.from(map.id, (id, index) => {
      if (ids.has(id)) return PointState.chosen;
      if (!this.isShown(index)) return PointState.hidden;
      return lit === null ? PointState.plain : lit(index) ? PointState.lit : PointState.dim;
    });
  });

  isShown(index: number): boolean {
    return isWithin(this.times[index] ?? 0, this.span);
  }

  colourOf(index: number): Colour {
    const { dark } = this.#app;
    if (this.colouring === 'date') return this.timeColour(this.times[index] ?? 0);
    if (this.colouring === 'theme') {
      return this.themeColour(this.#app.explore.map.placed.map.theme[index] ?? -1);
    }
    const id = this.#app.explore.map.placed.map.id[index] ?? -1;
    const group = this.folders.groupOf(id, this.#app.library.timeline.folder[this.#lines[index] ?? -1] ?? -1);
    return group < 0 ? noColour(dark) : groupColour(group, dark);
  }

  themeColour(theme: number): Colour {
    const { dark, explore } = this.#app;
    const root = explore.themes.tree.rootNumber(theme);
    return root < 0 ? noColour(dark) : groupColour(root, dark);
  }

  timeColour(time: number): Colour {
    const { bins } = this;
    if (time === 0 || !bins) return noColour(this.#app.dark);
    return rampColour((time - bins.from) / (bins.to - bins.from), this.#app.dark);
  }

  /** Lets the photos of a theme stand out, and brings them into sight; once more, and all are alike again. */
  point(theme: PhotoTheme) {
    const { map, themes } = this.#app.explore;
    this.theme = this.theme === theme.id ? null : theme.id;
    if (this.theme === null) return map.fitAll();
    map.show(this.membersOf(themes.tree.family(theme.id)));
  }

  /** Ids of the photos on the map that are in one of these themes. */
  membersOf(family: ReadonlySet<number>): number[] {
    const { id, theme } = this.#app.explore.map.placed.map;
    return Array.from(id).filter((_, index) => family.has(theme[index] ?? -1));
  }
}
