// Written by `cargo xtask bindings`. Do not change.

/**
 * A photo that cannot be read, or a folder or link that cannot be followed.
 */
export type Failure = { 
/**
 * Absent for a folder or a link.
 */
id: number | null, path: string, 
/**
 * Why, in English.
 */
reason: string, };
