// Written by `cargo xtask bindings`. Do not change.
import type { ThemeWord } from "./ThemeWord";

/**
 * Photos that have something in common.
 */
export type PhotoTheme = { id: number, 
/**
 * The theme that it is a part of.
 */
parent: number | null, 
/**
 * Given by the user.
 */
name: string | null, 
/**
 * What distinguishes it, the best first; at most three.
 */
words: Array<ThemeWord>, photos: number, 
/**
 * Ids of at most four typical photos.
 */
covers: Array<number>, };
