import { describe, expect, it } from 'vitest';
import {
  folderFilter,
  parsePersonFilter,
  personFilter,
  stepWeight,
  take,
  takeOut,
  wholeFilter,
  utf16Range,
  withChip,
  withPerson,
} from './query';

describe('the place of an error', () => {
  it.each([
    ['dog date:x', 4, 6, 'date:x'],
    ['🐕🐕 date:x', 3, 6, 'date:x'],
    ['강아지 date:어제', 4, 7, 'date:어제'],
    ['open "quote', 5, 6, '"quote'],
    ['end', 3, 1, ''],
    ['short', 2, 99, 'ort'],
  ])('in %s, %i characters in, is found', (text, at, length, marked) => {
    const { from, to } = utf16Range(text, at, length);
    expect(text.slice(from, to)).toBe(marked);
  });
});

describe('pictures in the query', () => {
  const photo = { kind: 'photo' as const, id: 7 };

  it('are there once; the newest weight counts', () => {
    const chips = withChip(withChip([], photo, 'a'), { kind: 'picture', token: 't' }, 'b');
    expect(withChip(chips, photo, 'a', -1).map(({ key, weight }) => [key, weight])).toEqual([
      ['photo-7', -1],
      ['picture-t', 1],
    ]);
  });

  it.each([
    [1, 1, 2],
    [1, -1, 0.5],
    [0.5, -1, 0.5],
    [5, 1, 5],
    [-1, 1, -2],
    [-3, -1, -2],
  ] as const)('of weight %f step by %i to %f', (weight, direction, next) => {
    expect(stepWeight(weight, direction)).toBe(next);
  });
});

describe('a completion', () => {
  const completion = { from: 4, to: 8, text: 'folder:Seoul', kind: 'folder' as const, count: 3 };

  it('takes the place of what was typed, with a space after it', () => {
    expect(take('dog fold', completion)).toEqual({ text: 'dog folder:Seoul ', cursor: 17 });
    expect(take('dog fold snow', completion)).toEqual({ text: 'dog folder:Seoul snow', cursor: 16 });
  });

  it('of a filter’s name leaves room for its value', () => {
    expect(take('dog fold', { ...completion, text: 'folder:', kind: 'key' })).toEqual({
      text: 'dog folder:',
      cursor: 11,
    });
  });
});

describe('a folder’s filter', () => {
  it('has quotes where its value has spaces', () => {
    expect(folderFilter('/photos/rome')).toBe('folder:/photos/rome');
    expect(folderFilter('C:\\My Photos')).toBe('folder:"C:\\My Photos"');
  });
});

describe('people in the query', () => {
  it.each([
    [{ name: 'Alice', without: false }, 'person:Alice'],
    [{ name: 'Alice Berg', without: true }, '-person:"Alice Berg"'],
    [{ name: '김지수', without: false }, 'person:김지수'],
    [{ name: 'Ann "Annie" Lee', without: false }, 'person:“Ann "Annie" Lee”'],
    [{ name: 'O"Neil', without: false }, 'person:O"Neil'],
  ])('are written so that they can be read: %o', (person, written) => {
    expect(personFilter(person)).toBe(written);
    expect(parsePersonFilter(written)).toEqual(person);
  });

  it('have no quotation marks that would end the filter', () => {
    expect(personFilter({ name: 'Ann “Annie” "A" Lee', without: false })).toBe('person:“Ann Annie "A" Lee”');
  });

  it('are nothing else', () => {
    expect(['person:', 'folder:x', 'person:a b'].map(parsePersonFilter)).toEqual([null, null, null]);
  });

  it('are there once; the newest sign counts', () => {
    const alice = { name: 'Alice', cover: 1, without: false };
    const people = withPerson([alice, { ...alice, name: 'Bob' }], { ...alice, without: true });
    expect(people.map(({ name, without }) => [name, without])).toEqual([
      ['Alice', true],
      ['Bob', false],
    ]);
  });

  it.each([
    ['person:Al', 7, 9, 'person', 'Alice', { from: 0, to: 9, text: 'person:Alice' }],
    ['beach -Person:a', 14, 15, 'person', '"Alice B"', { from: 6, to: 15, text: '-person:"Alice B"' }],
    ['folder:a', 7, 8, 'folder', 'Alps', { from: 7, to: 8, text: 'Alps' }],
  ] as const)('are completed as whole filters in %s', (text, from, to, kind, name, whole) => {
    expect(wholeFilter(text, { from, to, kind, text: name, count: 3 })).toEqual({ ...whole, kind, count: 3 });
  });

  it.each([
    ['person:Al', 0, 9, '', 0],
    ['beach person:Al sunset', 6, 15, 'beach sunset', 6],
    ['person:Al sunset', 0, 9, 'sunset', 0],
  ])('go from the text %s once they are a chip', (text, from, to, left, cursor) => {
    expect(takeOut(text, { from, to })).toEqual({ text: left, cursor });
  });
});
