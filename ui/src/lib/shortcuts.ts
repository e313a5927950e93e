import type { Messages } from '../i18n/en';

export interface ShortcutGroup {
  title: string;
  shortcuts: { label: string; keys: string[] }[];
}

/** The sheet of keyboard shortcuts, with the keys as they are called on the system. */
export function shortcutGroups(messages: Messages, mac: boolean): ShortcutGroup[] {
  const { shortcut: name, shortcutGroups: titles, keyNames: key, shortcutsOnMap: onMap } = messages;
  const command = mac ? '⌘' : 'Ctrl';
  return [
    {
      title: titles.search,
      shortcuts: [
        { label: name.search, keys: ['/', `${command} F`] },
        { label: name.clear, keys: [key.escape] },
      ],
    },
    {
      title: titles.grid,
      shortcuts: [
        { label: name.move, keys: [key.arrows] },
        { label: name.page, keys: [key.pageUp, key.pageDown] },
        { label: name.ends, keys: [key.home, key.end] },
        { label: name.select, keys: [key.space] },
        { label: name.extend, keys: [`${key.shift} ${key.arrows}`] },
        { label: name.all, keys: [`${command} A`] },
      ],
    },
    {
      title: titles.photo,
      shortcuts: [
        { label: name.open, keys: [key.enter] },
        { label: name.menu, keys: [`${key.shift} F10`, key.menu] },
        { label: name.meaning, keys: ['M'] },
        { label: name.look, keys: ['L'] },
        { label: name.compare, keys: ['C'] },
        { label: name.information, keys: ['I'] },
        { label: name.zoom, keys: ['+', '−', '0'] },
      ],
    },
    {
      title: titles.people,
      shortcuts: [
        { label: name.findPerson, keys: ['F'] },
        { label: name.faces, keys: ['P'] },
        { label: name.rename, keys: ['F2'] },
        { label: name.notThem, keys: ['X', key.delete] },
        { label: name.answer, keys: ['Y', 'N', 'S'] },
        { label: name.undo, keys: [`${command} Z`] },
      ],
    },
    {
      title: messages.navMap,
      shortcuts: [
        { label: onMap.move, keys: [key.arrows] },
        { label: onMap.zoom, keys: ['+', '−', '0'] },
        { label: onMap.open, keys: [key.enter] },
        { label: onMap.select, keys: [key.space] },
        { label: onMap.all, keys: [`${command} A`] },
        { label: onMap.lasso, keys: [`${key.shift} ${onMap.drag}`] },
      ],
    },
    { title: titles.window, shortcuts: [{ label: name.shortcuts, keys: ['?'] }] },
  ];
}
