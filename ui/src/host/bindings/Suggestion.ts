// Written by `cargo xtask bindings`. Do not change.

/**
 * A face that may be somebody's.
 */
export type Suggestion = { face: number, photo: number, person: number, name: string | null, 
/**
 * Cosine similarity, −1 to 1.
 */
similarity: number, };
