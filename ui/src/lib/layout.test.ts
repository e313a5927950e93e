import { describe, expect, it } from 'vitest';
import { boxOf, HIGHEST_PAGE, layOut, rowAt, rowOf, touching, type LayoutOptions } from './layout';
import { byMonth } from './sections';
import { cellsIn, largestTarget, MOST_CELLS, smallestTarget, visibleRows } from './window';

const justified: LayoutOptions = { mode: 'justified', width: 1000, target: 200, gap: 4, heading: 64 };
const uniform: LayoutOptions = { ...justified, mode: 'uniform' };

/** Numbers between 0 and 1, the same every time. */
function random(seed: number) {
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}

function aspects(count: number, seed = 7): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count }, () => 0.5 + next() * 1.6);
}

describe('rows', () => {
  it('fill the width to the pixel, but for the last one of a section', () => {
    const layout = layOut(aspects(500), [], justified);
    for (let row = 0; row < layout.top.length - 1; row++) {
      const last = (layout.first[row + 1] ?? 0) - 1;
      expect((layout.left[last] ?? 0) + (layout.width[last] ?? 0)).toBeCloseTo(1000, 1);
    }
  });

  it('keep near the target, and photos keep their shapes', () => {
    const shapes = aspects(500);
    const layout = layOut(shapes, [], justified);
    for (let row = 0; row < layout.top.length - 1; row++) {
      expect(layout.rowHeight[row]).toBeGreaterThan(140);
      expect(layout.rowHeight[row]).toBeLessThan(300);
    }
    for (const index of [0, 99, 250]) {
      const box = boxOf(layout, index);
      expect(box.width / box.height).toBeCloseTo(shapes[index] ?? 0, 3);
    }
  });

  it('never overlap, and hold every photo once', () => {
    const layout = layOut(aspects(300), [], justified);
    for (let row = 1; row < layout.top.length; row++) {
      const bottom = (layout.top[row - 1] ?? 0) + (layout.rowHeight[row - 1] ?? 0);
      expect((layout.top[row] ?? 0) - bottom).toBeCloseTo(4, 3);
      expect(layout.first[row]).toBeGreaterThan(layout.first[row - 1] ?? 0);
    }
    expect(layout.first.at(-1)).toBe(300);
  });

  it('give a panorama a row and a tower a place', () => {
    const layout = layOut([40, 0.01, 1, 1, 1], [], justified);
    expect(layout.rowHeight[0]).toBeGreaterThan(100);
    expect(boxOf(layout, 1).width).toBeGreaterThan(60);
  });

  it('end where sections end', () => {
    const sections = [
      { kind: 'month' as const, from: 0, to: 3, time: 1 },
      { kind: 'month' as const, from: 3, to: 10, time: 0 },
    ];
    for (const options of [justified, uniform]) {
      const layout = layOut(aspects(10), sections, options);
      expect(Array.from(layout.first)).toContain(3);
      expect(layout.headings.map(({ top }) => top)[0]).toBe(0);
      expect(layout.top[0]).toBe(64);
    }
  });

  it('of squares have as many columns as fit best', () => {
    const layout = layOut(aspects(10), [], uniform);
    expect(layout.first[1]).toBe(5);
    expect(boxOf(layout, 4).left + boxOf(layout, 4).width).toBeCloseTo(1000, 1);
    expect(boxOf(layout, 7).width).toBeCloseTo(boxOf(layout, 7).height, 3);
  });

  it('of nothing are none', () => {
    const layout = layOut([], [], justified);
    expect([layout.count, layout.height, layout.top.length]).toEqual([0, 0, 0]);
    expect(visibleRows(layout, 0, 800)).toEqual({ from: 0, to: 0 });
  });
});

describe('places', () => {
  const layout = layOut(aspects(1000), [], justified);

  it('are found by photo and by height', () => {
    for (const index of [0, 1, 500, 999]) {
      const row = rowOf(layout, index);
      expect(layout.first[row]).toBeLessThanOrEqual(index);
      expect(layout.first[row + 1]).toBeGreaterThan(index);
      expect(rowAt(layout, boxOf(layout, index).top + 1)).toBe(row);
    }
  });

  it('under a rubber band are those that it touches', () => {
    const box = boxOf(layout, 7);
    expect(touching(layout, { left: box.left + 5, top: box.top + 5, width: 1, height: 1 })).toEqual([7]);
    const firstRows = touching(layout, { left: 0, top: 0, width: 1000, height: boxOf(layout, 7).top + 1 });
    expect(firstRows).toEqual(Array.from({ length: layout.first[rowOf(layout, 7) + 1] ?? 0 }, (_, index) => index));
    expect(touching(layout, { left: 2000, top: 0, width: 10, height: 500 })).toEqual([]);
  });
});

describe('the cells in the document', () => {
  const windows = [
    { width: 400, height: 600 },
    { width: 970, height: 740 },
    { width: 2240, height: 1380 },
    { width: 3700, height: 2100 },
  ];

  it.each(windows)(
    'are fewer than 300 wherever one scrolls, at 100,000 photos ($width×$height)',
    ({ width, height }) => {
      const shapes = aspects(100_000);
      const mean = shapes.reduce((sum, each) => sum + each, 0) / shapes.length;
      for (const mode of ['justified', 'uniform'] as const) {
        for (const asked of [96, 200, 384]) {
          const target = Math.max(asked, smallestTarget({ mode, width, gap: 4 }, height, mean));
          const layout = layOut(shapes, [], { mode, width, target, gap: 4, heading: 64 });
          for (let share = 0; share <= 1; share += 0.05) {
            const scrollTop = share * Math.max(0, layout.height - height);
            const rows = visibleRows(layout, scrollTop, height);
            expect(cellsIn(layout, rows)).toBeLessThanOrEqual(MOST_CELLS);
            // What is in sight is there from edge to edge.
            expect(layout.top[rows.from]).toBeLessThanOrEqual(scrollTop + 1);
            const bottom = (layout.top[rows.to - 1] ?? 0) + (layout.rowHeight[rows.to - 1] ?? 0);
            expect(bottom).toBeGreaterThanOrEqual(Math.min(layout.height, scrollTop + height) - 5);
          }
        }
      }
    },
  );

  it('are on a page that web views can scroll', () => {
    const count = 100_000;
    const target = largestTarget(count, 420);
    const layout = layOut(new Float32Array(count).fill(1.5), [], { ...justified, width: 420, target });
    expect(layout.height).toBeLessThan(HIGHEST_PAGE * 1.1);
    expect(largestTarget(5000, 1000)).toBe(640);
  });
});

describe('months', () => {
  it('divide times by the camera’s own clock', () => {
    const times = [
      Date.UTC(2024, 2, 1, 0, 30),
      Date.UTC(2024, 1, 29, 23, 30),
      Date.UTC(2024, 1, 1),
      Date.UTC(2023, 1, 1),
    ];
    expect(byMonth(times).map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ]);
    expect(byMonth([])).toEqual([]);
    const old = [new Date(0).setUTCFullYear(45, 1, 2), new Date(0).setUTCFullYear(45, 1, 1)];
    expect(byMonth(old).length).toBe(1);
  });
});
