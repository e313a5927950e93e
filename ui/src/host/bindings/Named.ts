// Written by `cargo xtask bindings`. Do not change.

/**
 * A person was given a name.
 */
export type Named = { person: number, 
/**
 * Another person that has this name: ask whether they are one.
 */
sameName: number | null, };
