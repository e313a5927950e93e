import { describe, expect, it, vi } from 'vitest';
import { boxOf } from '../lib/layout';
import { byMonth } from '../lib/sections';
import { parseTimeline } from '../lib/timeline';
import { timelineBytes } from '../testing/memoryHost';
import { MOST_CELLS } from '../lib/window';
import { GridView, type GridInput } from './grid.svelte';

const photos = parseTimeline(
  timelineBytes(
    Array.from({ length: 2000 }, (_, index) => ({
      id: 5000 - index,
      time: 1e12 - index * 4e7,
      aspect: 0.7 + (index % 5) / 3,
    })),
    1,
  ),
);

function view(changes: Partial<GridInput> = {}): { grid: GridView; input: GridInput } {
  const input = $state<GridInput>({ photos, sections: byMonth(photos.time), mode: 'justified', size: 200, ...changes });
  const grid = new GridView(() => input);
  grid.width = 1000;
  grid.height = 700;
  return { grid, input };
}

const cells = (grid: GridView) => grid.rows.flatMap((row) => grid.indices(row));

describe('the grid', () => {
  it('draws what is in sight and a little more', () => {
    const { grid } = view();
    expect(cells(grid)[0]).toBe(0);
    expect(cells(grid).length).toBeLessThan(80);
    grid.scrolled(5000, 1000, photos.id);
    const first = cells(grid)[0] ?? 0;
    expect(boxOf(grid.layout, first).top).toBeLessThanOrEqual(5000);
    expect(cells(grid)).not.toContain(0);
  });

  it('keeps the cell in focus in the document', () => {
    const { grid } = view();
    grid.held = 0;
    grid.scrolled(20_000, 1000, photos.id);
    expect(cells(grid)).toContain(0);
    expect(cells(grid).length).toBeLessThanOrEqual(MOST_CELLS + 30);
    expect(new Set(grid.rows).size).toBe(grid.rows.length);
  });

  it('keeps the photo at the top where it is when photos change size', () => {
    const { grid, input } = view();
    grid.scrolled(9000, 1000, photos.id);
    const first = grid.firstInSight;
    const offset = boxOf(grid.layout, first).top - 9000;
    input.size = 120;
    const to = grid.restored(photos.id) ?? 0;
    expect(boxOf(grid.layout, first).top - to).toBeCloseTo(offset, 1);
  });

  it('stays at the top when it is there', () => {
    const { grid, input } = view();
    grid.scrolled(0, 1000, photos.id);
    input.size = 300;
    expect(grid.restored(photos.id)).toBeNull();
  });

  it('scrolls no further than it must to show a photo', () => {
    const { grid } = view();
    expect(grid.reveal(0)).toBeNull();
    const to = grid.reveal(1000) ?? 0;
    grid.scrolled(to, 1000, photos.id);
    expect(grid.reveal(1000)).toBeNull();
    expect(grid.reveal(0)).toBe(0);
  });

  it('asks for no pictures while one flies past', () => {
    vi.useFakeTimers();
    const { grid } = view();
    grid.scrolled(100, 1000, photos.id);
    expect(grid.fast).toBe(false);
    grid.scrolled(4000, 1016, photos.id);
    expect(grid.fast).toBe(true);
    vi.advanceTimersByTime(500);
    expect(grid.fast).toBe(false);
    vi.useRealTimers();
  });

  it('never has more cells than it may, however small the photos', () => {
    const { grid } = view({ size: 20 });
    grid.width = 3800;
    grid.height = 2100;
    expect(cells(grid).length).toBeLessThanOrEqual(MOST_CELLS);
  });

  it('without a width yet has no rows', () => {
    const { grid } = view();
    grid.width = 0;
    expect(grid.rows).toEqual([]);
  });
});
