// Written by `cargo xtask bindings`. Do not change.

/**
 * The form of a list that is saved.
 */
export type ListFormat = "csv" | "json";
