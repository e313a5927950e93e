// Written by `cargo xtask bindings`. Do not change.

/**
 * How far an exploration is.
 */
export type Exploring = { 
/**
 * Of the request.
 */
ticket: number, phase: string, done: number, 
/**
 * 0 while it is not known.
 */
total: number, };
