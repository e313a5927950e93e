// Written by `cargo xtask bindings`. Do not change.
import type { By } from "./By";

/**
 * Photos like one photo.
 */
export type SimilarRequest = { 
/**
 * A photo of the library, …
 */
photo: number | null, 
/**
 * … or a picture that was picked, pasted or dropped.
 */
picture: string | null, by: By, 
/**
 * By face: which face of the photo; absent where it has one only.
 */
face: number | null, 
/**
 * By face: which face of the picture, from the left, from 0; absent where it has one only.
 */
faceIndex: number | null, 
/**
 * First result to give, from 0.
 */
offset: number, 
/**
 * Number of results to give.
 */
limit: number, 
/**
 * Grows with every question of the page; an older one about the same likeness that is not answered yet ends with `superseded`.
 */
ticket: number, };
