// Written by `cargo xtask bindings`. Do not change.
import type { Purpose } from "./Purpose";

/**
 * One model answers until another has seen as many photos.
 */
export type Switch = { purpose: Purpose, 
/**
 * Id of the model that answers.
 */
from: string, 
/**
 * Id of the model that will.
 */
to: string, 
/**
 * Photos that the coming model has seen.
 */
photos: number, 
/**
 * Photos that it is to see first.
 */
of: number, };
