// Written by `cargo xtask bindings`. Do not change.
import type { Space } from "./Space";

/**
 * Which photos are looked through for those unlike the others.
 */
export type OutliersRequest = { 
/**
 * Each photo is compared with those of its own folder.
 */
perFolder: boolean, space: Space, 
/**
 * Filters of the query language alone; empty for the whole library.
 */
filter: string, 
/**
 * Names this request to `cancel_exploring` and in its progress.
 */
ticket: number, };
