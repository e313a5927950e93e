import type { Host } from '../host/host';
import type { PhotoTheme, Themes } from '../host/types';
import { themeTree } from '../lib/explore/themeTree';
import { Exploration } from './exploration.svelte';
import type { ExploreState } from './explore.svelte';
import type { Toasts } from './toasts.svelte';

/** The themes of the library, and where in their tree the user is. */
export class ThemesState {
  readonly exploration: Exploration<Themes>;
  /** The theme whose parts are shown; null for the whole. */
  open = $state<number | null>(null);
  /** The theme whose name is being changed. */
  naming = $state<number | null>(null);
  #host: Host;
  #explore: ExploreState;
  #toasts: Toasts;

  constructor(host: Host, explore: ExploreState, toasts: Toasts) {
    this.exploration = new Exploration(host);
    this.#host = host;
    this.#explore = explore;
    this.#toasts = toasts;
  }

  readonly tree = $derived.by(() => themeTree(this.exploration.result?.themes ?? []));
  /** Above the themes shown, the outermost first. */
  readonly path = $derived.by(() => {
    const line = this.open === null ? [] : [...this.tree.lineage(this.open)].reverse();
    return line.flatMap((id) => this.tree.get(id) ?? []);
  });
  readonly shown = $derived.by((): readonly PhotoTheme[] => {
    const open = this.path.at(-1);
    return open ? this.tree.childrenOf(open.id) : this.tree.roots;
  });

  look() {
    const { subject, revision } = this.#explore;
    return this.exploration.ask(subject, revision, (ticket) => this.#host.themes(this.#explore.request(ticket)));
  }

  /** Ids of the photos of a theme, the most typical first; undefined when they could not be had. */
  photosOf(theme: PhotoTheme): Promise<number[] | undefined> {
    return this.#toasts.attempt(() => this.#host.themePhotos(this.#explore.space, theme.id));
  }

  /** Names a theme at once, and takes the name back when the host does not keep it. An empty one is none. */
  async rename(theme: PhotoTheme, name: string) {
    this.naming = null;
    const given = name.trim() === '' ? null : name.trim();
    if (given === theme.name) return;
    this.#setName(theme.id, given);
    const kept = await this.#toasts.attempt(async () => {
      await this.#host.nameTheme(this.#explore.space, theme.id, given);
      return true;
    });
    if (!kept) this.#setName(theme.id, theme.name);
  }

  #setName(id: number, name: string | null) {
    const { result } = this.exploration;
    if (!result) return;
    const themes = result.themes.map((theme) => (theme.id === id ? { ...theme, name } : theme));
    this.exploration.result = { ...result, themes };
  }
}
