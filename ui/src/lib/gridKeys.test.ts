import { describe, expect, it } from 'vitest';
import { moveBy } from './gridKeys';
import { layOut } from './layout';
import { byMonth } from './sections';
import { timeAt, yearMarks } from './scrubber';

// Four columns: 0–3, 4–7, 8–9.
const layout = layOut(new Float32Array(10).fill(1), [], {
  mode: 'uniform',
  width: 412,
  target: 100,
  gap: 4,
  heading: 64,
});

describe('keys in the grid', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 9, 9],
    ['ArrowRight', 3, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowLeft', 4, 3],
    ['ArrowDown', 1, 5],
    ['ArrowDown', 7, 9],
    ['ArrowDown', 8, 8],
    ['ArrowUp', 5, 1],
    ['ArrowUp', 2, 2],
    ['Home', 7, 0],
    ['End', 2, 9],
    ['PageDown', 1, 9],
    ['PageUp', 9, 1],
  ])('%s leads from photo %i to %i', (key, from, to) => {
    expect(moveBy(key, layout, from, 300)).toBe(to);
  });

  it('that are not for moving lead nowhere', () => {
    expect(moveBy('Enter', layout, 3, 300)).toBeNull();
    expect(
      moveBy('ArrowDown', layOut([], [], { mode: 'uniform', width: 1, target: 1, gap: 0, heading: 0 }), 0, 9),
    ).toBeNull();
  });

  it('go straight down through rows of unlike shapes', () => {
    const shapes = layOut([1, 1, 1, 1, 0.5, 0.5, 3], [], {
      mode: 'justified',
      width: 412,
      target: 100,
      gap: 4,
      heading: 0,
    });
    expect(moveBy('ArrowDown', shapes, 3, 300)).toBe(6);
    expect(moveBy('ArrowDown', shapes, 0, 300)).toBe(4);
  });
});

describe('the date scrubber', () => {
  const times = [2024, 2023, 2020, 2019].map((year) => Date.UTC(year, 5, 1));
  const dated = layOut([1, 1, 1, 1], byMonth(times), { mode: 'uniform', width: 100, target: 100, gap: 4, heading: 64 });

  it('marks the years, newest first, from the top down', () => {
    const marks = yearMarks(dated, 0);
    expect(marks.map(({ year }) => year)).toEqual([2024, 2023, 2020, 2019]);
    expect(marks[0]?.at).toBe(0);
    expect(marks[3]?.at).toBeLessThan(1);
  });

  it('leaves out years that would lie on each other', () => {
    expect(yearMarks(dated, 0.4).map(({ year }) => year)).toEqual([2024, 2020]);
  });

  it('knows the time at every height', () => {
    expect(timeAt(dated, 0)).toBe(times[0]);
    expect(timeAt(dated, (dated.headings[2]?.top ?? 0) + 10)).toBe(times[2]);
    expect(timeAt(dated, 1e9)).toBe(times[3]);
  });
});
