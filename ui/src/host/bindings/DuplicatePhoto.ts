// Written by `cargo xtask bindings`. Do not change.
import type { Relation } from "./Relation";

/**
 * One photo of a group.
 */
export type DuplicatePhoto = { id: number, relation: Relation, 
/**
 * To the keeper, from 0 to 1.
 */
similarity: number, 
/**
 * In pixels, upright.
 */
width: number, height: number, bytes: number, format: string, 
/**
 * Local time as if it were UTC, in milliseconds.
 */
takenAt: number | null, sharpness: number, };
