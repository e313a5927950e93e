/** Who belongs where, by number. */

import type { FolderEntry, Found, Person, PhotoTheme } from '../../host/types';
import type { PeopleGroups } from '../people';

/** Groups with a colour of their own: more are not told apart. */
export const MOST_GROUPS = 12;

/** Ids of the first `count` results. */
export function foundIds(results: readonly Found[], count: number): ReadonlySet<number> {
  return new Set(results.slice(0, count).map(({ id }) => id));
}

/** Ids that themes show themselves by. */
export function coverIds(themes: readonly PhotoTheme[]): ReadonlySet<number> {
  return new Set(themes.flatMap(({ covers }) => covers));
}

/** Place of each of the first folders in their list, by id. */
export function folderNumbers(folders: readonly FolderEntry[], most: number): ReadonlyMap<number, number> {
  return new Map(folders.slice(0, most).map(({ id }, number) => [id, number]));
}

/** Those who have a colour: people with a name by their photos, or else the largest groups without one. Never hidden ones. */
export function peopleToColour({ named, large, small }: PeopleGroups, most: number): readonly Person[] {
  const byPhotos = [...named].sort((a, b) => b.photos - a.photos);
  return (named.length > 0 ? byPhotos : [...large, ...small]).slice(0, most);
}

/** Number of the list that an id is in, the first of them. */
export function listNumbers(lists: readonly (readonly number[])[]): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  lists.forEach((ids, number) => {
    for (const id of ids) if (!numbers.has(id)) numbers.set(id, number);
  });
  return numbers;
}
