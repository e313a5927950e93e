// Written by `cargo xtask bindings`. Do not change.

/**
 * The two kinds of likeness.
 */
export type By = "meaning" | "look";
