import { describe, expect, it } from 'vitest';
import type { PhotoTheme } from '../../host/types';
import { en } from '../../i18n/en';
import { ko } from '../../i18n/ko';
import { themeName, themeTree } from './themeTree';

const theme = (id: number, parent: number | null, photos: number, changes: Partial<PhotoTheme> = {}): PhotoTheme => {
  return { id, parent, photos, name: null, words: [], covers: [], ...changes };
};

describe('themes', () => {
  const tree = themeTree([theme(1, null, 5), theme(2, null, 50), theme(3, 2, 20), theme(4, 3, 8), theme(5, 2, 30)]);

  it('are a tree, the larger ones first', () => {
    expect(tree.roots.map(({ id }) => id)).toEqual([2, 1]);
    expect(tree.childrenOf(2).map(({ id }) => id)).toEqual([5, 3]);
    expect(tree.childrenOf(4)).toEqual([]);
  });

  it('know what they are a part of, and what is a part of them', () => {
    expect(tree.lineage(4)).toEqual([4, 3, 2]);
    expect([...tree.family(3)].sort()).toEqual([3, 4]);
    expect([4, 1, 77, -1].map(tree.rootNumber)).toEqual([0, 1, -1, -1]);
    expect(tree.lineage(-1)).toEqual([]);
  });

  it('whose parent is not there, or that are each other’s, are roots', () => {
    const odd = themeTree([theme(1, 99, 5), theme(2, 3, 4), theme(3, 2, 3)]);
    expect(odd.roots.map(({ id }) => id)).toEqual([1, 2, 3]);
  });
});

describe('the name of a theme', () => {
  const words = [
    { en: 'beach', ko: '해변' },
    { en: 'sea', ko: '바다' },
    { en: 'sand', ko: '모래' },
  ];

  it('is the user’s, or its words in the language of the page', () => {
    expect(themeName(theme(1, null, 1, { name: 'Busan', words }), 'en', en)).toBe('Busan');
    expect(themeName(theme(1, null, 1, { words }), 'en', en)).toBe('Beach, sea');
    expect(themeName(theme(1, null, 1, { words }), 'ko', ko)).toBe('해변, 바다');
  });

  it('is a number when there are no words', () => {
    expect(themeName(theme(3, null, 1), 'en', en)).toBe('Theme 3');
    expect(themeName(theme(3, null, 1, { name: '', words: [{ en: '', ko: '' }] }), 'ko', ko)).toBe('주제 3');
  });
});
