// Written by `cargo xtask bindings`. Do not change.

/**
 * One of the photos nearest to an outlier.
 */
export type OutlierNeighbour = { id: number, 
/**
 * Cosine similarity.
 */
similarity: number, };
