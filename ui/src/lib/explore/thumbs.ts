import { inSight, toFrame, type Camera } from './camera';
import type { PhotoMap } from './photoMap';
import type { PointIndex } from './pointIndex';
import type { Size } from '../zoom';

export interface ThumbsInput {
  map: PhotoMap;
  index: PointIndex;
  camera: Camera;
  frame: Size;
  /** Side of a thumbnail in CSS pixels. */
  side: number;
  /** Thumbnails at most. */
  most: number;
  counts: (index: number) => boolean;
  /** Shown up to now: they stay where they can. */
  kept: readonly number[];
  /** Higher ones come first. */
  priority: (index: number) => number;
}

/** Pixels between two thumbnails. */
const GAP = 4;
/** Photos below one thumbnail beyond which it would hide more than it shows. */
const MOST_BELOW = 40;
/** The same on average over the part in sight. */
const CROWDED = 20;

/**
 * Photos whose thumbnails have room: none overlaps another, none hides a crowd.
 *
 * Where few photos are in sight all of them get theirs; where there are many, points remain, and the thumbnails come as
 * one zooms in.
 */
export function chooseThumbs(input: ThumbsInput): number[] {
  const { map, index, camera, frame, side, most, counts, kept, priority } = input;
  const seen = index.within(inSight(camera, frame, side / 2)).filter(counts);
  const room = side + GAP;
  if (seen.length * room * room > CROWDED * frame.width * frame.height) return [];

  const cellOf = (at: { x: number; y: number }) => `${Math.floor(at.x / room)},${Math.floor(at.y / room)}`;
  const places = new Map(seen.map((each) => [each, toFrame(camera, frame, map.x[each] ?? 0, map.y[each] ?? 0)]));
  const crowds = new Map<string, number>();
  for (const at of places.values()) crowds.set(cellOf(at), (crowds.get(cellOf(at)) ?? 0) + 1);

  const stays = new Map(kept.map((each, rank) => [each, rank]));
  const inOrder = [...places.keys()].sort((a, b) => {
    const [first, second] = [stays.get(a) ?? Infinity, stays.get(b) ?? Infinity];
    return first === second ? priority(b) - priority(a) : first - second;
  });

  const taken = new Map<string, { x: number; y: number }[]>();
  const chosen: number[] = [];
  for (const each of inOrder) {
    const at = places.get(each);
    if (!at || (crowds.get(cellOf(at)) ?? 0) > MOST_BELOW || !isFree(taken, at, room)) continue;
    taken.set(cellOf(at), [...(taken.get(cellOf(at)) ?? []), at]);
    chosen.push(each);
    if (chosen.length === most) break;
  }
  return chosen;
}

function isFree(taken: ReadonlyMap<string, { x: number; y: number }[]>, at: { x: number; y: number }, room: number) {
  const [column, row] = [Math.floor(at.x / room), Math.floor(at.y / room)];
  for (let dx = -1; dx <= 1; dx++) {
    for (let dy = -1; dy <= 1; dy++) {
      const near = taken.get(`${column + dx},${row + dy}`) ?? [];
      if (near.some(({ x, y }) => Math.abs(x - at.x) < room && Math.abs(y - at.y) < room)) return false;
    }
  }
  return true;
}

/** Of the photos that are chosen those that were there before, and at most so many new ones: each takes time to appear. */
export function inTurn(chosen: readonly number[], before: readonly number[], most: number): readonly number[] {
  const known = new Set(before);
  let fresh = 0;
  return chosen.filter((each) => known.has(each) || fresh++ < most);
}

/** Side of the thumbnails: half of what the photos of an even map would lie apart, within bounds. */
export function thumbSide(scale: number, count: number): number {
  const apart = (2 * scale) / Math.sqrt(Math.max(1, count));
  return Math.round(Math.min(184, Math.max(44, apart * 0.5)));
}

/** A number between 0 and 1 that is always the same for an id, and looks like chance over many. */
export function chanceOf(id: number): number {
  let hash = Math.imul(id ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
