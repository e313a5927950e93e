// Written by `cargo xtask bindings`. Do not change.
import type { DuplicateGroup } from "./DuplicateGroup";

/**
 * All groups of near-duplicates.
 */
export type Duplicates = { groups: Array<DuplicateGroup>, 
/**
 * Photos looked at.
 */
photos: number, 
/**
 * Of all but the keepers.
 */
bytes: number, 
/**
 * Id of the model whose vectors were used.
 */
model: string | null, };
