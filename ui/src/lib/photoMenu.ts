import type { Platform } from '../host/types';
import type { Messages } from '../i18n/en';
import type { MenuEntries, MenuEntry } from './menu';

/** What can be done with photos. */
export type PhotoAction =
  | 'open'
  | 'similar-meaning'
  | 'similar-look'
  | 'compare'
  | 'more-like-these'
  | 'add-to-query'
  | 'less-like-this'
  | 'show-on-map'
  | 'show-in-folder'
  | 'open-with'
  | 'copy-picture'
  | 'copy-path'
  | 'copy-paths'
  | 'select'
  | 'deselect'
  | 'information'
  | 'find-person'
  | 'not-them'
  | 'split-off'
  | 'use-as-cover';

export interface MenuItem {
  /** An action, or a name for the submenu. */
  id: PhotoAction | 'find-similar';
  shortcut?: string;
  disabled?: boolean;
  items?: MenuItem[];
}

/** Items in groups with a line between. */
export type Menu = MenuItem[][];

/** What the menu needs to know of the photos it is about. */
export interface MenuSubject {
  count: number;
  /** None of their files can be reached. */
  offline: boolean;
  /** The photo is selected. */
  selected: boolean;
  /** People are looked for. */
  people?: boolean;
  /** They are shown as the photos of one person. */
  person?: boolean;
}

/** The menu of one photo or of a selection. What makes no sense for it is not there; what cannot be done now is dimmed. */
export function photoMenu({ count, offline, selected, people = false, person = false }: MenuSubject): Menu {
  const one = count === 1;
  const find: MenuItem[] = one
    ? [
        {
          id: 'find-similar',
          items: [
            { id: 'similar-meaning', shortcut: 'M' },
            { id: 'similar-look', shortcut: 'L' },
          ],
        },
        { id: 'compare', shortcut: 'C' },
      ]
    : [{ id: 'more-like-these', shortcut: 'M' }];
  if (one && people) find.push({ id: 'find-person', shortcut: 'F' });
  const files: MenuItem[] = [{ id: 'show-in-folder', disabled: offline }];
  if (one) files.push({ id: 'open-with', disabled: offline }, { id: 'copy-picture', disabled: offline });
  files.push({ id: one ? 'copy-path' : 'copy-paths' });
  const menu: Menu = [find, [{ id: 'add-to-query' }, { id: 'less-like-this' }, { id: 'show-on-map' }], files];
  if (person) {
    const faces: MenuItem[] = [{ id: 'not-them', shortcut: 'X' }, { id: 'split-off' }];
    menu.unshift(one ? [...faces, { id: 'use-as-cover' }] : faces);
  }
  if (one) {
    menu.unshift([{ id: 'open', shortcut: '↵' }]);
    menu.push([
      { id: selected ? 'deselect' : 'select', shortcut: 'Space' },
      { id: 'information', shortcut: 'I' },
    ]);
  }
  return menu;
}

/** The menu with its words. */
export function labelled(menu: Menu, messages: Messages, platform: Platform): MenuEntries<MenuItem['id']> {
  const entry = ({ id, items, ...rest }: MenuItem): MenuEntry<MenuItem['id']> => {
    return { id, label: menuLabel(id, messages, platform), items: items?.map(entry), ...rest };
  };
  return menu.map((group) => group.map(entry));
}

/** The name of an item. Below "Find similar" the two ways need no more words. */
function menuLabel(id: MenuItem['id'], messages: Messages, platform: Platform): string {
  const labels: Record<MenuItem['id'], string> = {
    open: messages.menuOpen,
    'find-similar': messages.menuFindSimilar,
    'similar-meaning': messages.byMeaning,
    'similar-look': messages.byLook,
    compare: messages.menuCompare,
    'more-like-these': messages.menuMoreLikeThese,
    'add-to-query': messages.menuAddToQuery,
    'less-like-this': messages.menuLessLikeThis,
    'show-on-map': messages.menuShowOnMap,
    'show-in-folder': messages.menuShowInFolder[platform],
    'open-with': messages.menuOpenWith,
    'copy-picture': messages.menuCopyPicture,
    'copy-path': messages.menuCopyPath,
    'copy-paths': messages.menuCopyPaths,
    select: messages.menuSelect,
    deselect: messages.menuDeselect,
    information: messages.menuInformation,
    'find-person': messages.menuFindPerson,
    'not-them': messages.menuNotThem,
    'split-off': messages.menuSplitOff,
    'use-as-cover': messages.menuUseAsCover,
  };
  return labels[id];
}
