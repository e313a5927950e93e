// Written by `cargo xtask bindings`. Do not change.

/**
 * How far the library is indexed with one model.
 */
export type IndexedModel = { id: string, 
/**
 * `meaning` or `look`, where that is known.
 */
purpose: string | null, 
/**
 * Version of decoding and preprocessing.
 */
pipelineVersion: number, 
/**
 * Photos that have a vector of it.
 */
photos: number, };
