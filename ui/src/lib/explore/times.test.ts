import { describe, expect, it } from 'vitest';
import { isWithin, moveEnd, moveSpan, timeBins } from './times';

const whole = { from: 100, to: 200 };

describe('times in spans', () => {
  it('are counted, each in one, the last one with its end', () => {
    expect(timeBins([100, 104, 150, 200], 4)).toEqual({ from: 100, to: 200, counts: [2, 0, 1, 1] });
  });

  it('leave out photos whose time is not known', () => {
    expect(timeBins([0, 100, 200, 0], 2)?.counts).toEqual([1, 1]);
  });

  it.each([[[]], [[5]], [[7, 7, 7]], [[0, 0]]])('are none for %j', (times) => {
    expect(timeBins(times, 8)).toBeNull();
  });
});

describe('the span that is shown', () => {
  it.each([
    ['from', 150, { from: 150, to: 200 }],
    ['to', 120, { from: 100, to: 120 }],
    ['from', 0, null],
    ['to', 999, null],
  ] as const)('has its end %s moved to %s', (end, to, expected) => {
    expect(moveEnd(null, whole, end, to)).toEqual(expected);
  });

  it('has ends that do not pass each other', () => {
    expect(moveEnd({ from: 120, to: 140 }, whole, 'from', 180)).toEqual({ from: 140, to: 140 });
    expect(moveEnd({ from: 120, to: 140 }, whole, 'to', 105)).toEqual({ from: 120, to: 120 });
  });

  it('moves as a whole, as far as there is room', () => {
    expect(moveSpan({ from: 120, to: 140 }, whole, 10)).toEqual({ from: 130, to: 150 });
    expect(moveSpan({ from: 120, to: 140 }, whole, 1000)).toEqual({ from: 180, to: 200 });
    expect(moveSpan({ from: 120, to: 140 }, whole, -1000)).toEqual({ from: 100, to: 120 });
  });

  it('has both its ends within', () => {
    expect([100, 120, 140, 141].map((time) => isWithin(time, { from: 120, to: 140 }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isWithin(0, null)).toBe(true);
  });
});
