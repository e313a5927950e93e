// Written by `cargo xtask bindings`. Do not change.

/**
 * Whether people are looked for.
 */
export type PeopleState = "off" | "needsModels" | "on";
