import { describe, expect, it } from 'vitest';
import { choose, chooseAll, chooseBand, keepExisting, nothingSelected, targetsOf } from './selection';

const order = [50, 40, 30, 20, 10];
const plain = { range: false, toggle: false };
const shift = { range: true, toggle: false };
const ctrl = { range: false, toggle: true };
const ids = ({ ids }: { ids: ReadonlySet<number> }) => [...ids].sort((a, b) => b - a);

describe('selecting', () => {
  it('by a click takes one photo alone', () => {
    const first = choose(nothingSelected, order, 0, plain);
    expect(ids(choose(first, order, 2, plain))).toEqual([30]);
  });

  it('with Ctrl adds and takes away', () => {
    const two = choose(choose(nothingSelected, order, 0, plain), order, 2, ctrl);
    expect(ids(two)).toEqual([50, 30]);
    expect(ids(choose(two, order, 0, ctrl))).toEqual([30]);
  });

  it('with Shift extends from where it began, either way', () => {
    const start = choose(nothingSelected, order, 2, plain);
    const down = choose(start, order, 4, shift);
    expect(ids(down)).toEqual([30, 20, 10]);
    expect(ids(choose(down, order, 1, shift))).toEqual([40, 30]);
  });

  it('with Shift and Ctrl keeps what was there', () => {
    const one = choose(choose(nothingSelected, order, 0, plain), order, 3, ctrl);
    expect(ids(choose(one, order, 4, { range: true, toggle: true }))).toEqual([50, 20, 10]);
  });

  it('with Shift and no beginning is a click', () => {
    expect(ids(choose(nothingSelected, order, 3, shift))).toEqual([20]);
  });

  it('outside the grid changes nothing', () => {
    expect(choose(nothingSelected, order, 9, plain)).toBe(nothingSelected);
  });

  it('takes all', () => {
    expect(chooseAll(order).ids.size).toBe(5);
    expect(chooseAll([]).anchor).toBe(-1);
  });
});

describe('a rubber band', () => {
  const before = choose(nothingSelected, order, 0, plain);

  it('replaces what was selected', () => {
    expect(ids(chooseBand(before, order, [2, 3], false))).toEqual([30, 20]);
  });

  it('with Ctrl turns what it touches over, as seen from its beginning', () => {
    expect(ids(chooseBand(before, order, [0, 1], true))).toEqual([40]);
    expect(ids(chooseBand(before, order, [], true))).toEqual([50]);
  });
});

describe('the selection', () => {
  it('loses photos that are gone', () => {
    const all = chooseAll(order);
    expect(ids(keepExisting(all, [99, 30, 20]))).toEqual([30, 20]);
    expect(keepExisting(all, [1, 2])).toBe(nothingSelected);
  });

  it('is what a menu on one of its photos is about, in the order of the grid', () => {
    const two = choose(choose(nothingSelected, order, 4, plain), order, 1, ctrl);
    expect(targetsOf(two, order, 10)).toEqual([40, 10]);
    expect(targetsOf(two, order, 30)).toEqual([30]);
  });
});
