import type { Person } from '../host/types';

const INITIALS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'];
const FIRST_SYLLABLE = 0xac00;
const SYLLABLES = 11172;
const SYLLABLES_PER_INITIAL = 588;

/** Without case and accents: é is found by e. Hangul stays in whole syllables. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .trim();
}

/** The initial consonants of a Korean name: 김지수 is ㄱㅈㅅ, as people type to find it quickly. */
function initials(text: string): string {
  return [...text]
    .map((letter) => {
      const at = letter.charCodeAt(0) - FIRST_SYLLABLE;
      return at >= 0 && at < SYLLABLES ? (INITIALS[Math.floor(at / SYLLABLES_PER_INITIAL)] ?? letter) : letter;
    })
    .join('');
}

/** 0 for a name that begins so, 1 for one with a word that does, 2 for one that has it somewhere, else null. */
function fit(name: string, typed: string): number | null {
  const written = /^[ㄱ-ㅎ]+$/.test(typed) ? initials(name) : name;
  if (written.startsWith(typed)) return 0;
  if (written.split(/[\s-]+/).some((word) => word.startsWith(typed))) return 1;
  return written.includes(typed) ? 2 : null;
}

/** People whose name goes on from what is typed, the best first; with nothing typed, those with the most photos. */
export function matchNames(
  people: readonly Person[],
  typed: string,
  except: readonly number[] = [],
  most = 6,
): Person[] {
  const wanted = plain(typed);
  return people
    .flatMap((person) => {
      if (person.name === null || except.includes(person.id)) return [];
      const rank = fit(plain(person.name), wanted);
      return rank === null ? [] : [{ person, rank }];
    })
    .sort((a, b) => a.rank - b.rank || b.person.photos - a.person.photos)
    .slice(0, most)
    .map(({ person }) => person);
}

/** Whether two names are the same to a reader. */
export function sameName(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && plain(one) === plain(other);
}
