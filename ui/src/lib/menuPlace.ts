import type { Size } from './zoom';

/** Where a menu goes that was asked for at a point: beside it, or on its other side where there is no room. */
export function placeMenu(at: { x: number; y: number }, menu: Size, frame: Size, margin = 8): { x: number; y: number } {
  const place = (wanted: number, size: number, room: number) => {
    if (wanted + size + margin <= room) return wanted;
    return Math.max(margin, Math.min(wanted - size, room - size - margin));
  };
  return { x: place(at.x, menu.width, frame.width), y: place(at.y, menu.height, frame.height) };
}

/** Where a submenu goes beside the item that opens it: to the right, else to the left, else as far right as it fits. */
export function placeSubmenu(
  item: { left: number; right: number; top: number },
  menu: Size,
  frame: Size,
  margin = 8,
): { x: number; y: number } {
  const right = item.right + menu.width + margin <= frame.width;
  const left = item.left - menu.width >= margin;
  const x = right ? item.right : left ? item.left - menu.width : Math.max(margin, frame.width - menu.width - margin);
  return { x, y: Math.max(margin, Math.min(item.top, frame.height - menu.height - margin)) };
}
