import { describe, expect, it } from 'vitest';
import { cssOf, groupColour, noColour, oklch, paintPoints, rampColour, type Colour } from './colours';

/** Relative luminance, by WCAG. */
function luminance(colour: Colour): number {
  const linear = colour.map((value) =>
    value / 255 <= 0.04045 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

function contrast(a: Colour, b: Colour): number {
  const [bright, dark] = [luminance(a), luminance(b)].sort((first, second) => second - first);
  return ((bright ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const light: Colour = [255, 255, 255];
const dark: Colour = [18, 19, 22];

describe('colours', () => {
  it('are those of the reference', () => {
    expect(oklch(1, 0, 0)).toEqual([255, 255, 255]);
    expect(oklch(0, 0, 0)).toEqual([0, 0, 0]);
    // Red and blue of sRGB.
    expect(oklch(0.62796, 0.25768, 29.234)).toEqual([255, 0, 0]);
    expect(oklch(0.45201, 0.31321, 264.052)).toEqual([0, 0, 255]);
  });

  it('of the first twelve groups stand out from the ground', () => {
    for (let group = 0; group < 12; group++) {
      expect(contrast(groupColour(group, false), light), `light ${group}`).toBeGreaterThan(3);
      expect(contrast(groupColour(group, true), dark), `dark ${group}`).toBeGreaterThan(4.5);
    }
  });

  it('of neighbouring groups are told apart', () => {
    for (let group = 0; group < 35; group++) {
      const [a, b] = [groupColour(group, false), groupColour(group + 1, false)];
      expect(Math.max(...a.map((value, channel) => Math.abs(value - (b[channel] ?? 0))))).toBeGreaterThan(40);
    }
  });

  it('of times go from dark to bright, so that they are told apart in grey', () => {
    for (const isDark of [false, true]) {
      const steps = [0, 0.25, 0.5, 0.75, 1].map((share) => luminance(rampColour(share, isDark)));
      expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    }
    expect(rampColour(-5, false)).toEqual(rampColour(0, false));
  });

  it('of points are four bytes each', () => {
    expect([...paintPoints(2, (index) => (index ? noColour(true) : [1, 2, 3]))]).toEqual([
      1, 2, 3, 255, 104, 108, 120, 255,
    ]);
    expect(cssOf([1, 2, 3])).toBe('rgb(1 2 3)');
  });
});
