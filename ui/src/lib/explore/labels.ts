import { toFrame, type Camera } from './camera';
import type { PhotoMap } from './photoMap';
import type { Size } from '../zoom';

/** A name on the map. */
export interface Label {
  id: number;
  text: string;
  /** Place on the map. */
  x: number;
  y: number;
  /** Those of more photos come first. */
  photos: number;
}

const HEIGHT = 28;
const GAP = 6;

/**
 * Where the name of each theme goes: in the middle of its photos, by the median, which strays do not move.
 *
 * @param belongs ids of all themes that photos of a theme belong to: itself and those it is a part of
 */
export function themeMiddles(map: PhotoMap, belongs: (theme: number) => readonly number[]) {
  const members = new Map<number, number[]>();
  for (let index = 0; index < map.length; index++) {
    for (const theme of belongs(map.theme[index] ?? -1)) {
      const list = members.get(theme);
      if (list) list.push(index);
      else members.set(theme, [index]);
    }
  }
  return new Map(
    [...members].map(([theme, list]) => [theme, { x: median(list, map.x), y: median(list, map.y) }] as const),
  );
}

function median(members: readonly number[], of: Float32Array): number {
  const values = Float32Array.from(members, (index) => of[index] ?? 0).sort();
  return values[values.length >> 1] ?? 0;
}

/** Labels that have room in the frame, the larger themes first. */
export function chooseLabels(labels: readonly Label[], camera: Camera, frame: Size, most: number): Label[] {
  const boxes: { left: number; top: number; right: number; bottom: number }[] = [];
  const chosen: Label[] = [];
  for (const label of [...labels].sort((a, b) => b.photos - a.photos || a.id - b.id)) {
    const at = toFrame(camera, frame, label.x, label.y);
    const half = labelWidth(label.text) / 2 + GAP;
    const box = {
      left: at.x - half,
      right: at.x + half,
      top: at.y - HEIGHT / 2 - GAP,
      bottom: at.y + HEIGHT / 2 + GAP,
    };
    if (box.left < 0 || box.top < 0 || box.right > frame.width || box.bottom > frame.height) continue;
    const isFree = boxes.every(
      (other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom,
    );
    if (!isFree) continue;
    boxes.push(box);
    chosen.push(label);
    if (chosen.length === most) break;
  }
  return chosen;
}

/** About how wide a label is: Hangul syllables are twice as wide as letters. */
export function labelWidth(text: string): number {
  let width = 22;
  for (const character of text) width += /[\u1100-\uffdc]/.test(character) ? 13 : 7.2;
  return width;
}
