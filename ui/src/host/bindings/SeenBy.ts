// Written by `cargo xtask bindings`. Do not change.

/**
 * A network that has looked at a photo.
 */
export type SeenBy = { 
/**
 * Id of the model.
 */
model: string, 
/**
 * `meaning` or `look`, where that is known.
 */
purpose: string | null, 
/**
 * Version of decoding and preprocessing.
 */
pipelineVersion: number, };
