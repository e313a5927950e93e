import type { PhotoTheme } from '../../host/types';
import type { Messages } from '../../i18n/en';
import type { Language } from '../../i18n/language.svelte';

/** The themes as a tree that is looked up by id. */
export interface ThemeTree {
  readonly roots: readonly PhotoTheme[];
  get(id: number): PhotoTheme | undefined;
  childrenOf(id: number): readonly PhotoTheme[];
  /** The theme and those it is a part of, itself first; empty for an id that is not there. */
  lineage(id: number): readonly number[];
  /** Place among the roots of the one that a theme belongs to; −1 for no theme. */
  rootNumber(id: number): number;
  /** The theme and all below it. */
  family(id: number): ReadonlySet<number>;
}

/** Larger themes come first everywhere. A parent that is not in the list, or leads in a circle, is as none. */
export function themeTree(themes: readonly PhotoTheme[]): ThemeTree {
  const byId = new Map(themes.map((theme) => [theme.id, theme]));
  const lineages = new Map(themes.map(({ id }) => [id, climb(id, byId)]));
  const children = new Map<number, PhotoTheme[]>();
  const roots: PhotoTheme[] = [];
  for (const theme of [...themes].sort((a, b) => b.photos - a.photos || a.id - b.id)) {
    const parent = lineages.get(theme.id)?.[1];
    if (parent === undefined) roots.push(theme);
    else children.set(parent, [...(children.get(parent) ?? []), theme]);
  }
  const rootNumbers = new Map(roots.map(({ id }, number) => [id, number]));
  return {
    roots,
    get: (id) => byId.get(id),
    childrenOf: (id) => children.get(id) ?? [],
    lineage: (id) => lineages.get(id) ?? [],
    rootNumber: (id) => rootNumbers.get(lineages.get(id)?.at(-1) ?? -1) ?? -1,
    family: (id) => new Set(themes.filter((theme) => lineages.get(theme.id)?.includes(id)).map((theme) => theme.id)),
  };
}

function climb(id: number, byId: ReadonlyMap<number, PhotoTheme>): number[] {
  const line = [id];
  for (let parent = byId.get(id)?.parent ?? null; parent !== null; parent = byId.get(parent)?.parent ?? null) {
    if (!byId.has(parent)) break;
    if (line.includes(parent)) return [id];
    line.push(parent);
  }
  return line;
}

/** What a theme is called: as the user said, or by its words in the language of the page. */
export function themeName(theme: PhotoTheme, language: Language, messages: Messages): string {
  if (theme.name !== null && theme.name !== '') return theme.name;
  const words = theme.words.map((word) => word[language]).filter((word) => word !== '');
  if (words.length === 0) return messages.themeNumbered(theme.id);
  const name = words.slice(0, 2).join(', ');
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
