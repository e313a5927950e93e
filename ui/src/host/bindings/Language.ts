// Written by `cargo xtask bindings`. Do not change.

/**
 * The language of the window.
 */
export type Language = "system" | "en" | "ko";
