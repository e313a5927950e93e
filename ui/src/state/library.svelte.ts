import type { Host } from '../host/host';
import type { LibraryStatus } from '../host/types';
import { blankTimeline, indexById, parseTimeline, type Timeline } from '../lib/timeline';
import type { Toasts } from './toasts.svelte';

/** Milliseconds between two looks at a library that changes all the time: the larger it is, the more work each one is. */
const lookAgainAfter = (photos: number) => Math.max(800, photos / 20);

/** What the library holds. */
export class LibraryState {
  status = $state.raw<LibraryStatus | null>(null);
  timeline = $state.raw<Timeline>(blankTimeline(0, -1));
  readonly places = $derived(indexById(this.timeline));
  #host: Host;
  #toasts: Toasts;
  #looking = false;
  #again = false;

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  /** Asks for what has changed. Calls that come while one is under way, or right after it, become one more. */
  async refresh(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    await this.#toasts.attempt(() => this.#look());
    setTimeout(() => {
      this.#looking = false;
      if (this.#again) {
        this.#again = false;
        void this.refresh();
      }
    }, lookAgainAfter(this.timeline.length));
  }

  /** Adds folders that the user chose in the system's own dialog. */
  async chooseFolders() {
    const paths = await this.#toasts.attempt(() => this.#host.pickFolders());
    if (paths && paths.length > 0) await this.addFolders(paths);
  }

  async addFolders(paths: string[]) {
    await this.#toasts.attempt(async () => {
      this.status = await this.#host.addFolders(paths);
    });
    await this.refresh();
  }

  async removeFolder(id: number) {
    await this.#toasts.attempt(async () => {
      this.status = await this.#host.removeFolder(id);
    });
    await this.refresh();
  }

  /** Sets a damaged database aside, and begins a new one. */
  async repair() {
    await this.#toasts.attempt(async () => {
      this.status = await this.#host.repairLibrary();
    });
    await this.refresh();
  }

  async #look() {
    const status = await this.#host.libraryStatus();
    this.status = status;
    if (status.state !== 'ready') {
      if (this.timeline.length > 0) this.timeline = blankTimeline(0, -1);
      return;
    }
    if (status.revision !== this.timeline.revision) this.timeline = parseTimeline(await this.#host.timeline());
  }
}
