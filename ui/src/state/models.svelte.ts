import { HostError, type Host } from '../host/host';
import type { ModelProgress, ModelStatus } from '../host/types';
import { SvelteMap } from 'svelte/reactivity';
import type { Toasts } from './toasts.svelte';

/** The models there are, and the downloads under way. */
export class ModelsState {
  list = $state.raw<ModelStatus[]>([]);
  mirror = $state<string | null>(null);
  /** What was last heard of each download, by the model's id. */
  readonly downloads = new SvelteMap<string, ModelProgress>();
  #host: Host;
  #toasts: Toasts;
  #installed: (id: string) => void;

  /** `installed` is called when a download or an import has been completed. */
  constructor(host: Host, toasts: Toasts, installed: (id: string) => void) {
    this.#host = host;
    this.#toasts = toasts;
    this.#installed = installed;
  }

  readonly active = $derived(
    [...this.downloads.values()].filter(({ phase }) => phase === 'downloading' || phase === 'verifying'),
  );

  async load() {
    this.list = (await this.#toasts.attempt(() => this.#host.models())) ?? this.list;
    this.mirror = (await this.#toasts.attempt(() => this.#host.mirror())) ?? null;
  }

  handle(event: ModelProgress) {
    this.downloads.set(event.id, event);
    if (event.phase === 'downloading' || event.phase === 'verifying') return;
    void this.load();
    if (event.phase === 'done') {
      this.downloads.delete(event.id);
      this.#installed(event.id);
    }
  }

  /** Starts a download, or goes on with one. */
  async get(id: string) {
    const before = this.downloads.get(id);
    const known = this.list.find((model) => model.id === id);
    this.downloads.set(id, {
      id,
      phase: 'downloading',
      bytes: before?.bytes ?? known?.bytesHere ?? 0,
      total: before?.total ?? known?.bytes ?? 0,
      rate: 0,
      secondsLeft: null,
      error: null,
    });
    try {
      await this.#host.modelGet(id);
    } catch (thrown) {
      const { code, message, params } = HostError.from(thrown);
      const now = this.downloads.get(id);
      if (now) this.downloads.set(id, { ...now, phase: 'failed', error: { code, message, params } });
    }
  }

  async pause(id: string) {
    await this.#toasts.attempt(() => this.#host.modelPause(id));
  }

  async cancel(id: string) {
    await this.#toasts.attempt(() => this.#host.modelCancel(id));
    this.downloads.delete(id);
    await this.load();
  }

  /** Takes a file that the user has already. */
  async importFile(id: string) {
    const path = await this.#toasts.attempt(() => this.#host.pickModelFile(id));
    if (!path) return;
    await this.#toasts.attempt(async () => {
      await this.#host.modelImport(id, path);
      this.downloads.delete(id);
    });
    await this.load();
  }

  async remove(id: string) {
    await this.#toasts.attempt(() => this.#host.modelRemove(id));
    this.downloads.delete(id);
    await this.load();
  }

  async setMirror(address: string): Promise<boolean> {
    const value = address.trim() === '' ? null : address.trim();
    const saved = await this.#toasts.attempt(async () => {
      await this.#host.setMirror(value);
      return true;
    });
    if (saved) this.mirror = value;
    return saved ?? false;
  }
}
