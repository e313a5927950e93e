import type { PhotoTheme } from '../host/types';
import { groupColour, noColour, paintPoints, rampColour, type Colour } from '../lib/explore/colours';
import { themeMiddles } from '../lib/explore/labels';
import { isWithin, timeBins, type Span } from '../lib/explore/times';
import { PointState } from '../drawing/painter';
import type { App } from './app.svelte';
import { FolderGroups, type ColourGroup } from './folderGroups.svelte';
import { PersonGroups } from './personGroups.svelte';

export type Colouring = 'theme' | 'folder' | 'date' | 'person';

/** Spans that the slider of time shows. */
const BINS = 64;
/** Colours between the first and the last time. */
const STEPS = 255;

/** How the photos of the map look: their colours, and which of them stand out or are left out. */
export class MapLook {
  /** Only photos of this time. */
  span = $state.raw<Span | null>(null);
  /** A theme whose photos stand out. */
  theme = $state<number | null>(null);
  readonly folders: FolderGroups;
  readonly persons: PersonGroups;
  #colouring = $state<Colouring>('theme');
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.folders = new FolderGroups(app.host, app.library);
    this.persons = new PersonGroups(app.host, app.people);
  }

  /** What can be told by colours: people only where some are known. */
  readonly colourings = $derived.by((): readonly Colouring[] =>
    this.persons.groups.length > 0 ? ['theme', 'folder', 'date', 'person'] : ['theme', 'folder', 'date'],
  );
  /** What colours tell. Whoever chose people sees themes once nobody is known any more. */
  get colouring(): Colouring {
    return this.colourings.includes(this.#colouring) ? this.#colouring : 'theme';
  }

  set colouring(wanted: Colouring) {
    this.#colouring = wanted;
  }

  /** The groups that colours tell apart, where they are listed. */
  readonly groups = $derived.by((): readonly ColourGroup[] | null => {
    if (this.colouring === 'person') return this.persons.groups;
    return this.colouring === 'folder' ? this.folders.groups : null;
  });

  /** Finds out which photos are in these groups. To be called while a component is set up. */
  follow() {
    $effect(() => {
      // While a question is under way, it is not read there what it is about.
      void this.#app.people.list;
      if (this.colouring === 'folder') void this.folders.look();
      else if (this.colouring === 'person') void this.persons.look();
    });
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

  /** Number of the group that each photo is in, where groups are listed; −1 for none. */
  readonly #numbering = $derived.by((): ((index: number) => number) => {
    const { id } = this.#app.explore.map.placed.map;
    if (this.colouring === 'person') {
      const numberOf = this.persons.lookup();
      return (index) => numberOf(id[index] ?? -1);
    }
    const numberOf = this.folders.lookup();
    const roots = this.#app.library.timeline.folder;
    const lines = this.#lines;
    return (index) => numberOf(id[index] ?? -1, roots[lines[index] ?? -1] ?? -1);
  });

  /** Colour of each photo. Everything is looked up once here, not for each of 100,000 photos. */
  readonly #painting = $derived.by((): ((index: number) => Colour) => {
    const { dark, explore } = this.#app;
    const { theme } = explore.map.placed.map;
    const { times, bins } = this;
    const none = noColour(dark);
    if (this.colouring === 'date') {
      if (!bins) return () => none;
      const ramp = Array.from({ length: STEPS + 1 }, (_, step) => rampColour(step / STEPS, dark));
      return (index) => {
        const share = ((times[index] ?? 0) - bins.from) / (bins.to - bins.from);
        return ramp[Math.round(share * STEPS)] ?? none;
      };
    }
    if (this.colouring === 'theme') {
      const { tree } = explore.themes;
      return (index) => groupOr(tree.rootNumber(theme[index] ?? -1), dark, none);
    }
    const numberOf = this.#numbering;
    return (index) => groupOr(numberOf(index), dark, none);
  });
  readonly colours = $derived.by(() => paintPoints(this.#app.explore.map.placed.map.length, this.#painting));

  /** Photos that stand out: those found, or else those of a theme. Null when all are alike. */
  readonly lit = $derived.by((): ((index: number) => boolean) | null => {
    const { explore, found } = this.#app;
    const { id, theme } = explore.map.placed.map;
    if (found) return (index) => found.has(id[index] ?? -1);
    if (this.theme === null) return null;
    const family = explore.themes.tree.family(this.theme);
    return (index) => family.has(theme[index] ?? -1);
  });

  /** A `PointState` for each photo. */
  readonly states = $derived.by(() => {
    const { id } = this.#app.explore.map.placed.map;
    const { ids } = this.#app.selection.current;
    const { lit, span, times } = this;
    return Uint8Array.from(id, (each, index) => {
      if (ids.has(each)) return PointState.chosen;
      if (!isWithin(times[index] ?? 0, span)) return PointState.hidden;
      return lit === null ? PointState.plain : lit(index) ? PointState.lit : PointState.dim;
    });
  });

  isShown(index: number): boolean {
    return this.states[index] !== PointState.hidden;
  }

  /** What the colour of a photo stands for, where groups are listed; undefined for none of them. */
  groupOf(index: number): ColourGroup | undefined {
    return this.groups?.[this.#numbering(index)];
  }

  colourOf(index: number): Colour {
    return this.#painting(index);
  }

  themeColour(theme: number): Colour {
    const { dark, explore } = this.#app;
    return groupOr(explore.themes.tree.rootNumber(theme), dark, noColour(dark));
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

function groupOr(group: number, dark: boolean, none: Colour): Colour {
  return group < 0 ? none : groupColour(group, dark);
}
