// Written by `cargo xtask bindings`. Do not change.
import type { Outlier } from "./Outlier";

/**
 * Photos unlike the others, the most unlike first.
 */
export type Outliers = { outliers: Array<Outlier>, 
/**
 * Photos looked at.
 */
photos: number, 
/**
 * Id of the model whose vectors were used.
 */
model: string | null, };
