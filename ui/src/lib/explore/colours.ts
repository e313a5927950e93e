/** Red, green and blue from 0 to 255. */
export type Colour = readonly [number, number, number];

/** An OKLCH colour in sRGB (Björn Ottosson, 2020): lightness 0 to 1, chroma, hue in degrees. */
export function oklch(lightness: number, chroma: number, hue: number): Colour {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function gamma(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
}

export function cssOf([red, green, blue]: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Degrees between hues in turn, so that neighbours in a list differ most. */
const TURN = 137.508;
const RING = 12;

/** A colour for the group of a number, of the same weight to the eye as the others. Groups beyond a ring are paler. */
export function groupColour(group: number, dark: boolean): Colour {
  const known = groupColours[dark ? 1 : 0];
  return (known[group] ??= mixGroup(group, dark));
}

/** Those that have been asked for; the same ones are, for each point of a map. */
const groupColours: [Colour[], Colour[]] = [[], []];

function mixGroup(group: number, dark: boolean): Colour {
  const ring = Math.floor(group / RING) % 3;
  const lightness = (dark ? 0.76 : 0.6) + (dark ? -0.09 : 0.09) * ring;
  return oklch(lightness, 0.15 - 0.035 * ring, 265 + group * TURN);
}

/** For photos in no group. */
export function noColour(dark: boolean): Colour {
  return dark ? [104, 108, 120] : [168, 171, 181];
}

/** From the first (0) to the last (1) on a scale that can be told apart in grey, too. */
export function rampColour(share: number, dark: boolean): Colour {
  const at = Math.min(1, Math.max(0, share));
  const [from, to] = dark ? [0.5, 0.92] : [0.36, 0.8];
  return oklch(from + (to - from) * at, 0.14, 285 - 195 * at);
}

/** Colours of many points in a row, four bytes each. */
export function paintPoints(count: number, colourOf: (index: number) => Colour): Uint8Array {
  const bytes = new Uint8Array(4 * count);
  for (let index = 0; index < count; index++) {
    const [red, green, blue] = colourOf(index);
    bytes[4 * index] = red;
    bytes[4 * index + 1] = green;
    bytes[4 * index + 2] = blue;
    bytes[4 * index + 3] = 255;
  }
  return bytes;
}
