// Written by `cargo xtask bindings`. Do not change.

/**
 * A question: is this face also that person?
 */
export type Suggestion = { face: number, 
/**
 * A photo that it is in.
 */
photo: number, person: number, name: string | null, 
/**
 * Cosine similarity with that person's nearest faces.
 */
similarity: number, };
