// Written by `cargo xtask bindings`. Do not change.

/**
 * What is here of a model.
 */
export type ModelState = "built-in" | "missing" | "partial" | "installed" | "damaged";
