// Written by `cargo xtask bindings`. Do not change.

/**
 * A word in the languages of the window.
 */
export type ThemeWord = { en: string, ko: string, };
