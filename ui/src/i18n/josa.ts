/** Digits whose Korean names end in a consonant: 영 일 삼 육 칠 팔. */
const CLOSED_DIGITS = '013678';
/** Latin letters whose Korean names end in a consonant: 엘 엠 엔 알. */
const CLOSED_LETTERS = 'lmnr';

/** Whether a word's last syllable ends in a consonant when it is read in Korean. */
function isClosed(word: string): boolean {
  const last =
    word
      .trim()
      .replace(/["'”’)\]]+$/, '')
      .at(-1)
      ?.toLowerCase() ?? '';
  const syllable = last.charCodeAt(0) - 0xac00;
  if (syllable >= 0 && syllable < 11172) return syllable % 28 !== 0;
  return CLOSED_DIGITS.includes(last) || CLOSED_LETTERS.includes(last);
}

/** A word with the particle that its ending asks for: `withJosa('산', '과', '와')` is 산과, `withJosa('바다', …)` 바다와. */
export function withJosa(word: string, afterConsonant: string, afterVowel: string): string {
  return word + (word !== '' && isClosed(word) ? afterConsonant : afterVowel);
}
