import { describe, expect, it } from 'vitest';
import { en } from './en';
import { withJosa } from './josa';
import { ko } from './ko';
import { languageFor, localeFor } from './language.svelte';
import { sayReason } from './reasons';

/** Every message with its path; functions are called with plausible arguments. */
function said(messages: object, path = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') {
      const params = {
        name: 'since',
        example: 'since:2024',
        written: 'folder:x',
        weight: '0',
        text: 'x',
        range: '1..2',
      };
      if (path === 'queryProblems') return [[here, String(value(params))]];
      // Some take numbers, some words; what wants the one fails on the other.
      try {
        return [[here, String(value(1234, 1234, 1234))]];
      } catch {
        return [[here, String(value('x', 'x', 'x'))]];
      }
    }
    return said(value, here);
  });
}

const english = new Map(said(en));
const korean = new Map(said(ko));
/** The same in both languages: names, keys, patterns, and queries, which are in English for the networks. */
const same =
  /^(appName|modelNames|keyNames|examples|mirrorPlaceholder|deviceGpu|deviceCpu|infoPixels|photoCell|answeredBy)/;

describe('the messages', () => {
  it('are there in both languages, each under the same name', () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('are Korean in Korean', () => {
    const foreign = [...korean].filter(([path, text]) => !same.test(path) && !/[가-힣]/.test(text));
    expect(foreign.map(([path]) => path)).toEqual([]);
  });

  it('have no Korean in English, and none is empty', () => {
    expect([...english].filter(([, text]) => /[가-힣]/.test(text) || text.trim() === '')).toEqual([]);
    expect([...korean].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('show no number without its separators, and no leftover of a template', () => {
    for (const [path, text] of [...english, ...korean]) {
      expect(text, path).not.toMatch(/undefined|NaN|\[object|\$\{/);
    }
    expect(en.photos(1234)).toBe('1,234 photos');
    expect(en.photos(1)).toBe('1 photo');
    expect(ko.photos(1234)).toBe('사진 1,234장');
  });
});

describe('Korean particles', () => {
  it.each([
    ['산', '산과'],
    ['바다', '바다와'],
    ['사진 1', '사진 1과'],
    ['사진 2', '사진 2와'],
    ['IMG_0042.jpg', 'IMG_0042.jpg와'],
    ['film', 'film과'],
    ['“산”', '“산”과'],
    ['', '와'],
  ])('follow the last sound of %s', (word, expected) => {
    expect(withJosa(word, '과', '와')).toBe(expected);
  });
});

describe('the language', () => {
  it.each([
    ['system', 'ko_KR.UTF-8', 'ko', 'ko-KR'],
    ['system', 'en-GB', 'en', 'en-GB'],
    ['system', 'de-DE', 'en', 'en'],
    ['ko', 'en-US', 'ko', 'ko'],
    ['en', 'ko-KR', 'en', 'en'],
    ['system', 'C', 'en', 'en'],
    ['system', 'en_US@euro!', 'en', 'en-US'],
    ['system', 'en-!', 'en', 'en'],
  ] as const)('%s on a system in %s is %s, with dates as in %s', (choice, system, language, locale) => {
    expect(languageFor(choice, system)).toBe(language);
    expect(localeFor(languageFor(choice, system), system)).toBe(locale);
  });

  it('of the engine’s reasons is the user’s, where they are known', () => {
    expect(sayReason('JPEG: the file is cut off', 'ko')).toBe('JPEG: 파일이 중간에 잘려 있습니다');
    expect(sayReason('the file is empty', 'en')).toBe('the file is empty');
    expect(sayReason('something new', 'ko')).toBe('something new');
  });
});
