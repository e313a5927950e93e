// Written by `cargo xtask bindings`. Do not change.

/**
 * What came of a name.
 */
export type Named = { person: number, 
/**
 * Another person who has the name already.
 */
sameName: number | null, };
