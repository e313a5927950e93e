import { describe, expect, it } from 'vitest';
import { toFrame, wholeMap, zoom } from './camera';
import { chooseLabels, labelWidth, themeMiddles } from './labels';
import { blankMap, type PhotoMap } from './photoMap';
import { PointIndex } from './pointIndex';
import { chanceOf, chooseThumbs, inTurn, thumbSide, type ThumbsInput } from './thumbs';

const frame = { width: 1000, height: 800 };
const whole = wholeMap(frame);

function scattered(count: number): PhotoMap {
  const map = blankMap(count);
  for (let index = 0; index < count; index++) {
    map.id[index] = index + 1;
    map.x[index] = 2 * chanceOf(index) - 1;
    map.y[index] = 2 * chanceOf(index + 5e5) - 1;
    map.theme[index] = index % 3;
  }
  return map;
}

function input(map: PhotoMap, changes: Partial<ThumbsInput> = {}): ThumbsInput {
  return {
    map,
    index: new PointIndex(map.x, map.y),
    camera: whole,
    frame,
    side: 48,
    most: 160,
    counts: () => true,
    kept: [],
    priority: (index) => chanceOf(index),
    ...changes,
  };
}

describe('thumbnails', () => {
  it.each([
    [40, 1],
    [300, 1],
    [3000, 4],
    [100_000, 30],
  ])('of %i photos at %i times never overlap, and are bounded', (count, times) => {
    const map = scattered(count);
    const camera = zoom(whole, frame, times, 400, 400);
    const chosen = chooseThumbs(input(map, { camera }));
    expect(chosen.length).toBeGreaterThan(8);
    expect(chosen.length).toBeLessThanOrEqual(160);
    expect(new Set(chosen).size).toBe(chosen.length);
    const places = chosen.map((index) => toFrame(camera, frame, map.x[index] ?? 0, map.y[index] ?? 0));
    places.forEach((a, first) => {
      for (const b of places.slice(first + 1)) {
        expect(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y))).toBeGreaterThanOrEqual(48);
      }
    });
  });

  it('do not hide a crowd: 100,000 photos in sight stay points', () => {
    expect(chooseThumbs(input(scattered(100_000)))).toEqual([]);
  });

  it('stay while the map moves a little', () => {
    const map = scattered(400);
    const before = chooseThumbs(input(map));
    const camera = { ...whole, x: 0.02 };
    const after = chooseThumbs(input(map, { camera, kept: before }));
    const stayed = before.filter((index) => after.includes(index));
    expect(stayed.length).toBeGreaterThan(before.length * 0.95);
  });

  it('are given to photos that count, the more important ones first', () => {
    const map = scattered(400);
    const even = chooseThumbs(input(map, { counts: (index) => index % 2 === 0 }));
    expect(even.length).toBeGreaterThan(0);
    expect(even.every((index) => index % 2 === 0)).toBe(true);
    expect(chooseThumbs(input(map, { priority: (index) => (index === 77 ? 9 : 0) }))[0]).toBe(77);
  });

  it('appear a few at a time; those that are there stay', () => {
    expect(inTurn([5, 1, 2, 3, 4], [4, 5], 2)).toEqual([5, 1, 2, 4]);
    expect(inTurn([1, 2], [9], 5)).toEqual([1, 2]);
  });

  it('are larger where photos lie farther apart, within bounds', () => {
    expect(thumbSide(300, 100_000)).toBe(44);
    expect(thumbSide(1e6, 10)).toBe(184);
    expect(thumbSide(3000, 1000)).toBeGreaterThan(thumbSide(2000, 1000));
  });
});

describe('names on the map', () => {
  const at = (id: number, x: number, photos: number, text = 'Theme') => ({ id, text, x, y: 0, photos });

  it('lie in the middle of their photos, which strays do not move', () => {
    const map = blankMap(5);
    map.x.set([0.1, 0.1, 0.1, 0.1, 1]);
    map.theme.fill(4);
    const middles = themeMiddles(map, (theme) => [theme, 40]);
    expect(middles.get(4)?.x).toBeCloseTo(0.1);
    expect(middles.get(40)?.x).toBeCloseTo(0.1);
    expect(middles.get(5)).toBeUndefined();
  });

  it('have room: the larger theme wins, and comes back with the other when there is more', () => {
    const labels = [at(1, 0, 10), at(2, 0.05, 500)];
    expect(chooseLabels(labels, whole, frame, 9).map(({ id }) => id)).toEqual([2]);
    const camera = zoom(whole, frame, 8, 500, 400);
    expect(chooseLabels(labels, camera, frame, 9).map(({ id }) => id)).toEqual([2, 1]);
    expect(chooseLabels(labels, camera, frame, 1).length).toBe(1);
  });

  it('are left out where they would be cut off', () => {
    expect(chooseLabels([at(1, 1.4, 10)], whole, frame, 9)).toEqual([]);
  });

  it('are wider in Hangul', () => {
    expect(labelWidth('해변')).toBeGreaterThan(labelWidth('ab'));
  });
});
