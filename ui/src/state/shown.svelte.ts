import { atCut, byMonth, type Section } from '../lib/sections';
import { pickFrom, type Timeline } from '../lib/timeline';
import type { LibraryState } from './library.svelte';
import type { SearchState } from './search.svelte';

/** What the grid shows: the library by date, a part of it by date, or ranked results. */
export class ShownState {
  readonly photos: Timeline;
  readonly sections: readonly Section[];
  /** Score of each photo; none for photos by date. */
  readonly scores: readonly (number | null)[] | null;

  /** In the order of time. Until the first answer is there, the library stays. */
  readonly dated: boolean;

  constructor(library: LibraryState, search: SearchState) {
    const dated = $derived(!search.asked || !search.answer || search.filtersOnly);
    const results = $derived(search.answer?.results.slice(0, search.shown) ?? []);
    const photos = $derived.by(() => {
      if (!search.asked || !search.answer) return library.timeline;
      const places = library.places;
      const found = results.map(({ id }) => places.get(id) ?? -1);
      if (search.filtersOnly)
        return pickFrom(
          library.timeline,
          found.filter((at) => at >= 0).sort((a, b) => a - b),
        );
      const picked = pickFrom(library.timeline, found);
      // A photo that is newer than the timeline at hand is shown all the same.
      results.forEach(({ id }, index) => (picked.id[index] = id));
      return picked;
    });
    const sections = $derived.by(() => {
      if (dated) return byMonth(photos.time);
      return search.expanded ? atCut(photos.length, search.answer?.strong ?? 0) : [];
    });
    const scores = $derived(dated ? null : results.map(({ score }) => score));
    this.dated = $derived(dated);
    this.photos = $derived(photos);
    this.sections = $derived(sections);
    this.scores = $derived(scores);
  }
}
