// Written by `cargo xtask bindings`. Do not change.
import type { Purpose } from "./Purpose";

/**
 * How far the library is indexed with one model.
 */
export type IndexedModel = { id: string, 
/**
 * What its vectors are for, where that is known.
 */
purpose: Purpose | null, 
/**
 * Version of decoding and preprocessing.
 */
pipelineVersion: number, 
/**
 * Photos that have a vector of it.
 */
photos: number, };
