import { describe, expect, it } from 'vitest';
import type { DuplicateGroup, DuplicatePhoto, Relation } from '../../host/types';
import { allButKeepers, coversKeeper, likelyAlignment, ofRelation, relationsIn, spareBytes } from './duplicates';

const photo = (id: number, relation: Relation, width = 400, height = 300): DuplicatePhoto => {
  return { id, relation, similarity: 1, width, height, bytes: 10 * id, format: 'JPEG', takenAt: null, sharpness: 1 };
};
const groups: DuplicateGroup[] = [
  { keeper: 1, reason: 'resolution', photos: [photo(1, 'keeper'), photo(2, 'resized'), photo(3, 'mirrored')] },
  { keeper: 7, reason: 'date', photos: [photo(7, 'keeper'), photo(8, 'resized'), photo(9, 'resized')] },
];

describe('groups of duplicates', () => {
  it('leave all but the keepers to select, and say what they take', () => {
    expect(allButKeepers(groups)).toEqual([2, 3, 8, 9]);
    expect(spareBytes(groups)).toBe(220);
    expect(allButKeepers([])).toEqual([]);
  });

  it('are counted by kind, the most frequent first, and the keeper is no kind', () => {
    expect([...relationsIn(groups)]).toEqual([
      ['resized', 2],
      ['mirrored', 1],
    ]);
  });

  it('can be narrowed to one kind; the keeper stays in each', () => {
    const mirrored = ofRelation(groups, 'mirrored');
    expect(mirrored.map(({ photos }) => photos.map(({ id }) => id))).toEqual([[1, 3]]);
    expect(ofRelation(groups, null)).toEqual(groups);
    expect(ofRelation(groups, 'burst')).toEqual([]);
  });
});

describe('a photo laid over its keeper', () => {
  const keeper = photo(1, 'keeper', 400, 300);

  it.each([
    ['mirrored', 400, 300, { mirrored: true, quarters: 0 }],
    ['rotated', 300, 400, { mirrored: false, quarters: 1 }],
    ['rotated', 400, 300, { mirrored: false, quarters: 2 }],
    ['resized', 200, 150, { mirrored: false, quarters: 0 }],
  ] as const)('that is %s at %i × %i lies as it most likely does', (relation, width, height, expected) => {
    const other = photo(2, relation, width, height);
    expect(likelyAlignment(keeper, other)).toEqual(expected);
    expect(coversKeeper(keeper, other, expected)).toBe(true);
  });

  it('does not cover it when it has another shape', () => {
    expect(coversKeeper(keeper, photo(2, 'cropped', 300, 300), { mirrored: false, quarters: 0 })).toBe(false);
    expect(coversKeeper(keeper, photo(2, 'rotated', 300, 400), { mirrored: false, quarters: 0 })).toBe(false);
    expect(coversKeeper(keeper, photo(2, 'resized', 133, 100), { mirrored: false, quarters: 0 })).toBe(true);
  });
});
