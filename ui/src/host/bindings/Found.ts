// Written by `cargo xtask bindings`. Do not change.

/**
 * One photo of an answer.
 */
export type Found = { 
/**
 * Place in the whole answer, from 1.
 */
rank: number, id: number, 
/**
 * Cosine similarity, −1 to 1; absent when there were only filters.
 */
score: number | null, 
/**
 * The photo's folder cannot be reached now.
 */
offline: boolean, };
