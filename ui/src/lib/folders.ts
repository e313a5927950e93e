import type { FolderEntry } from '../host/types';

/** A line of the tree of folders. */
export interface FolderRow {
  path: string;
  name: string;
  depth: number;
  photos: number;
  online: boolean;
  hasChildren: boolean;
  open: boolean;
}

/** The lines in sight: the folders of the library, and below those that are open, their subfolders. */
export function folderRows(folders: readonly FolderEntry[], open: ReadonlySet<string>): FolderRow[] {
  return folders.flatMap((folder) => {
    const { path, name, photos, online, subfolders } = folder;
    const isOpen = open.has(path);
    const root = { path, name, depth: 0, photos, online, hasChildren: subfolders.length > 0, open: isOpen };
    return isOpen ? [root, ...children(folder, open)] : [root];
  });
}

function children(folder: FolderEntry, open: ReadonlySet<string>): FolderRow[] {
  const separator = folder.path.includes('\\') ? '\\' : '/';
  const pathOf = (relative: string) =>
    folder.path.replace(/[\\/]$/, '') + separator + relative.replaceAll('/', separator);
  const parents = new Set(folder.subfolders.map(({ relative }) => parentOf(relative)));
  const rows: FolderRow[] = [];
  for (const { name, relative, photos } of folder.subfolders) {
    let above = parentOf(relative);
    while (above !== '' && open.has(pathOf(above))) above = parentOf(above);
    if (above !== '') continue;
    const path = pathOf(relative);
    const depth = relative.split('/').length;
    const hasChildren = parents.has(relative);
    rows.push({ path, name, depth, photos, online: folder.online, hasChildren, open: hasChildren && open.has(path) });
  }
  return rows;
}

function parentOf(relative: string): string {
  return relative.includes('/') ? relative.slice(0, relative.lastIndexOf('/')) : '';
}
