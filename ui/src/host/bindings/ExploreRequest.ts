// Written by `cargo xtask bindings`. Do not change.
import type { Space } from "./Space";

/**
 * Which photos are explored, and as which network sees them.
 */
export type ExploreRequest = { space: Space, 
/**
 * Filters of the query language alone; empty for the whole library.
 */
filter: string, 
/**
 * Names this request to `cancel_exploring` and in its progress.
 */
ticket: number, };
