import { describe, expect, it } from 'vitest';
import { drawnOn, isInside, svgPoints } from './lasso';
import { PointIndex } from './pointIndex';
import { chanceOf } from './thumbs';

const count = 5000;
const x = Float32Array.from({ length: count }, (_, index) => 2 * chanceOf(index) - 1);
const y = Float32Array.from({ length: count }, (_, index) => 2 * chanceOf(index + 1e6) - 1);
const index = new PointIndex(x, y);
const all = Array.from({ length: count }, (_, each) => each);
const sorted = (list: number[]) => [...list].sort((a, b) => a - b);

describe('photos of a map are found', () => {
  it('by a part of it, as looking at each would find them', () => {
    const part = { minX: -0.2, minY: 0.1, maxX: 0.3, maxY: 0.4 };
    const expected = all.filter((each) => {
      const [px, py] = [x[each] ?? 0, y[each] ?? 0];
      return px >= part.minX && px <= part.maxX && py >= part.minY && py <= part.maxY;
    });
    expect(sorted(index.within(part))).toEqual(expected);
    expect(expected.length).toBeGreaterThan(50);
  });

  it('by the nearest one that counts', () => {
    const distance = (each: number) => Math.hypot((x[each] ?? 0) - 0.1, (y[each] ?? 0) - 0.1);
    const inOrder = [...all].sort((a, b) => distance(a) - distance(b));
    expect(index.nearest(0.1, 0.1, 0.5, () => true)).toBe(inOrder[0]);
    expect(index.nearest(0.1, 0.1, 0.5, (each) => each !== inOrder[0])).toBe(inOrder[1]);
    expect(index.nearest(0.1, 0.1, 0.5, () => false)).toBeNull();
    expect(index.nearest(50, 50, 0.5, () => true)).toBeNull();
  });

  it('by a line around them', () => {
    const circle = Array.from({ length: 90 }, (_, step) => ({
      x: 0.4 * Math.cos((step / 90) * 2 * Math.PI),
      y: 0.4 * Math.sin((step / 90) * 2 * Math.PI),
    }));
    const found = index.inPolygon(circle);
    const radius = (each: number) => Math.hypot(x[each] ?? 0, y[each] ?? 0);
    expect(all.filter((each) => radius(each) < 0.39).every((each) => found.includes(each))).toBe(true);
    expect(found.every((each) => radius(each) < 0.4)).toBe(true);
  });

  it('nowhere on an empty map, nor in a line of two points', () => {
    const none = new PointIndex(new Float32Array(0), new Float32Array(0));
    expect(none.within({ minX: -1, minY: -1, maxX: 1, maxY: 1 })).toEqual([]);
    expect(none.nearest(0, 0, 1, () => true)).toBeNull();
    const line = [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ];
    expect(index.inPolygon(line)).toEqual([]);
  });
});

describe('a line around photos', () => {
  it('that crosses itself encloses what lies on one side of an odd number of its strokes', () => {
    const bow = [
      { x: -1, y: -1 },
      { x: 1, y: 1 },
      { x: 1, y: -1 },
      { x: -1, y: 1 },
    ];
    expect([isInside(bow, 0.8, 0), isInside(bow, -0.8, 0), isInside(bow, 0, 0.8)]).toEqual([true, true, false]);
  });

  it('grows by points that are apart', () => {
    const one = drawnOn([], { x: 0, y: 0 }, 3);
    expect(drawnOn(one, { x: 1, y: 1 }, 3)).toBe(one);
    expect(svgPoints(drawnOn(one, { x: 3, y: 4 }, 3))).toBe('0.0,0.0 3.0,4.0');
  });
});
