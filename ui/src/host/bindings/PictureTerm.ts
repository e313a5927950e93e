// Written by `cargo xtask bindings`. Do not change.
import type { PictureSource } from "./PictureSource";

/**
 * A picture as a term of a query.
 */
export type PictureTerm = { source: PictureSource, 
/**
 * How much it counts; negative to find what does not resemble it.
 */
weight: number, };
