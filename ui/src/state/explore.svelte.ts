import { untrack } from 'svelte';
import type { Host } from '../host/host';
import type { Exploring, ExploreRequest, Space } from '../host/types';
import { folderFilter } from '../lib/query';
import { DuplicatesState } from './duplicates.svelte';
import type { LibraryState } from './library.svelte';
import { MapState } from './photoMap.svelte';
import { OutliersState } from './outliers.svelte';
import type { Scope } from './question';
import { ThemesState } from './themes.svelte';
import type { Toasts } from './toasts.svelte';

/** A page's question. */
interface Asked {
  readonly exploration: { readonly busy: boolean; readonly result: unknown };
  look(): unknown;
}

/** What is explored: the same on all its pages. */
export class ExploreState {
  space = $state<Space>('meaning');
  /** Only the photos of a folder. */
  folder = $state.raw<Scope | null>(null);
  readonly themes: ThemesState;
  readonly duplicates: DuplicatesState;
  readonly outliers: OutliersState;
  readonly map: MapState;
  readonly #library: LibraryState;
  readonly #isIndexing: () => boolean;

  constructor(host: Host, library: LibraryState, toasts: Toasts, isIndexing: () => boolean) {
    this.#library = library;
    this.#isIndexing = isIndexing;
    this.themes = new ThemesState(host, this, toasts);
    this.duplicates = new DuplicatesState(host, this, toasts);
    this.outliers = new OutliersState(host, this);
    this.map = new MapState(host, this);
  }

  readonly filter = $derived(this.folder ? folderFilter(this.folder.path) : '');
  /** The same for the same question. */
  readonly subject = $derived(`${this.space} ${this.filter}`);

  get revision(): number {
    return this.#library.timeline.revision;
  }

  /**
   * Keeps an answer up to date as long as its page is shown. While photos are indexed an answer that is there stays: it
   * would never come to rest. To be called while a component is set up.
   */
  follow(asked: Asked) {
    $effect(() => {
      void [this.subject, this.revision, asked.exploration.busy];
      if (this.#library.status?.photos.total === 0) return;
      if (this.#isIndexing() && untrack(() => asked.exploration.result !== null)) return;
      untrack(() => asked.look());
    });
  }

  request(ticket: number): ExploreRequest {
    return { space: this.space, filter: this.filter, ticket };
  }

  handle(event: Exploring) {
    const { themes, duplicates, outliers, map } = this;
    for (const { exploration } of [themes, duplicates, outliers, map]) exploration.handle(event);
  }
}
