// Written by `cargo xtask bindings`. Do not change.
import type { PictureTerm } from "./PictureTerm";

/**
 * A search by words, pictures, or both.
 */
export type SearchRequest = { 
/**
 * In the language of the query bar.
 */
query: string, 
/**
 * Pictures that the results should resemble, or not.
 */
images: Array<PictureTerm>, 
/**
 * First result to give, from 0.
 */
offset: number, 
/**
 * Number of results to give.
 */
limit: number, 
/**
 * Grows with every question of the page; an older one that is not answered yet ends with `superseded`.
 */
ticket: number, };
