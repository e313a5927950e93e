/** Something that a menu offers. */
export interface MenuEntry<T extends string> {
  id: T;
  /** What it is called, in the language of the page. */
  label: string;
  shortcut?: string | undefined;
  disabled?: boolean | undefined;
  /** It opens these, and is nothing to choose by itself. */
  items?: MenuEntry<T>[] | undefined;
}

/** Groups with a line between. */
export type MenuEntries<T extends string> = readonly MenuEntry<T>[][];

/** Index of the next label after `from` that begins with a letter, from the top again at the end; −1 where there is none. */
export function findByLetter(labels: readonly string[], from: number, letter: string): number {
  const begins = (label: string) => label.toLowerCase().startsWith(letter.toLowerCase());
  const next = labels.findIndex((label, index) => index > from && begins(label));
  return next >= 0 ? next : labels.findIndex(begins);
}
