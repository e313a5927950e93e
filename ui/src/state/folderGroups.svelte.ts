import { HostError, type Host } from '../host/host';
import { folderNumbers, listNumbers, MOST_GROUPS } from '../lib/explore/members';
import { folderFilter } from '../lib/query';
import { nextTicket } from '../lib/tickets';
import type { LibraryState } from './library.svelte';

/** Photos that have a colour on the map. */
export interface ColourGroup {
  name: string;
  photos: number;
  /** The face to show, for people; null where there is none. */
  face?: number | null;
}

/**
 * Photos by folder: by those of the library where there are several, else by the largest ones in the only one. Which
 * photos lie in a folder within another is asked for, since the timeline knows the outermost alone.
 */
export class FolderGroups {
  #members = $state.raw(listNumbers([]));
  #host: Host;
  #library: LibraryState;
  #asked = -1;

  constructor(host: Host, library: LibraryState) {
    this.#host = host;
    this.#library = library;
  }

  readonly #folders = $derived.by(() => this.#library.status?.folders ?? []);
  readonly #isByRoot = $derived(this.#folders.length !== 1);
  readonly #numbers = $derived.by(() => folderNumbers(this.#folders, MOST_GROUPS));
  readonly #within = $derived.by(() => {
    const subfolders = this.#folders[0]?.subfolders.filter(({ relative }) => !relative.includes('/')) ?? [];
    return [...subfolders].sort((a, b) => b.photos - a.photos).slice(0, MOST_GROUPS);
  });
  /** The folders with a colour, in its order. */
  readonly groups = $derived.by((): readonly ColourGroup[] =>
    this.#isByRoot ? this.#folders.slice(0, MOST_GROUPS) : this.#within,
  );

  /** Tells the number of the group that a photo is in, by its id and that of its folder of the library; −1 for none. */
  lookup(): (id: number, root: number) => number {
    const numbers = this.#numbers;
    const members = this.#members;
    return this.#isByRoot ? (_, root) => numbers.get(root) ?? -1 : (id) => members.get(id) ?? -1;
  }

  /** Finds out what lies where, once for each state of the library. */
  async look() {
    const { revision } = this.#library.timeline;
    if (this.#isByRoot || this.#asked === revision) return;
    this.#asked = revision;
    const [root] = this.#folders;
    if (!root) return;
    const separator = root.path.includes('\\') ? '\\' : '/';
    const lists: number[][] = [];
    for (const { relative, photos } of this.#within) {
      const path = root.path.replace(/[\\/]$/, '') + separator + relative;
      lists.push(await this.#idsIn(path, photos));
      if (this.#asked !== revision) return;
    }
    this.#members = listNumbers(lists);
  }

  /** The host lets a newer question end this one: then it is asked once more. */
  async #idsIn(path: string, photos: number): Promise<number[]> {
    const query = folderFilter(path);
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        const request = { query, images: [], offset: 0, limit: Math.max(1, photos) };
        const answer = await this.#host.search({ ...request, ticket: nextTicket() });
        return answer.results.map(({ id }) => id);
      } catch (thrown) {
        if (HostError.from(thrown).code !== 'superseded') return [];
      }
    }
    return [];
  }
}
