// Written by `cargo xtask bindings`. Do not change.

/**
 * Whether faces are looked for.
 */
export type PeopleState = "off" | "needsModels" | "on";
