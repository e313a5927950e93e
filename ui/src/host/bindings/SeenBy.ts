// Written by `cargo xtask bindings`. Do not change.
import type { Purpose } from "./Purpose";

/**
 * A network that has looked at a photo.
 */
export type SeenBy = { 
/**
 * Id of the model.
 */
model: string, 
/**
 * What its vector is for, where that is known.
 */
purpose: Purpose | null, 
/**
 * Version of decoding and preprocessing.
 */
pipelineVersion: number, };
