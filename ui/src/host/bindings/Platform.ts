// Written by `cargo xtask bindings`. Do not change.

/**
 * A family of systems, for keys and words that differ.
 */
export type Platform = "linux" | "macos" | "windows";
