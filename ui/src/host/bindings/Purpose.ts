// Written by `cargo xtask bindings`. Do not change.

/**
 * The question that a model answers.
 */
export type Purpose = "meaning" | "look" | "face-detection" | "face-embedding" | "multilingual-text";
