// Written by `cargo xtask bindings`. Do not change.

/**
 * The kinds of likeness.
 */
export type By = "meaning" | "look" | "face";
