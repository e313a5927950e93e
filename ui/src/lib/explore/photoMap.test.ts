import { describe, expect, it } from 'vitest';
import { mapBytes } from '../../testing/memoryHost';
import { beginnings, between, eased, pairs, parsePhotoMap, placesById } from './photoMap';

const map = (places: { id: number; x: number; y: number; theme?: number }[]) => parsePhotoMap(mapBytes(places));

describe('the bytes of a map', () => {
  it('are read as they were written', () => {
    const places = [
      { id: 2 ** 40 + 1, x: -0.5, y: 0.25, theme: 7 },
      { id: 3, x: 1, y: -1 },
    ];
    const read = parsePhotoMap(mapBytes(places, 1, 0.9375));
    expect([read.kind, read.length, read.trust]).toEqual(['arranged', 2, 0.9375]);
    expect([...read.id]).toEqual([2 ** 40 + 1, 3]);
    expect([...read.x, ...read.y]).toEqual([-0.5, 1, 0.25, -1]);
    expect([...read.theme]).toEqual([7, -1]);
  });

  it('say that it is a preview, and that its trustworthiness is not known', () => {
    expect(parsePhotoMap(mapBytes([], 0))).toMatchObject({ kind: 'preview', trust: null, length: 0 });
  });

  it('that are too few, too many or of another version are refused', () => {
    const whole = mapBytes([{ id: 1, x: 0, y: 0 }]);
    expect(() => parsePhotoMap(whole.slice(0, 30))).toThrow(RangeError);
    expect(() => parsePhotoMap(whole.slice(0, 8))).toThrow(RangeError);
    new DataView(whole).setUint32(0, 2, true);
    expect(() => parsePhotoMap(whole)).toThrow(/version 2/);
  });

  it('with a place that is no number put the photo in the middle', () => {
    expect([...map([{ id: 1, x: NaN, y: Infinity }]).x]).toEqual([0]);
  });
});

describe('a map that takes the place of another', () => {
  const before = map([
    { id: 1, x: 0, y: 0 },
    { id: 2, x: 1, y: 1 },
  ]);
  const next = map([
    { id: 2, x: -1, y: 0 },
    { id: 9, x: 0.5, y: 0.5 },
  ]);

  it('begins where its photos are now; new ones are where they will be', () => {
    expect([...beginnings(next, placesById(before), pairs(before))]).toEqual([1, 1, 0.5, 0.5]);
  });

  it('moves from there to its places', () => {
    const from = beginnings(next, placesById(before), pairs(before));
    expect([...between(from, pairs(next), 0.5)]).toEqual([0, 0.5, 0.5, 0.5]);
    expect([eased(-1), eased(0), eased(0.5), eased(1), eased(2)]).toEqual([0, 0, 0.5, 1, 1]);
  });
});
