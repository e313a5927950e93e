// Written by `cargo xtask bindings`. Do not change.

/**
 * Which vectors are looked at.
 */
export type Space = "meaning" | "look";
