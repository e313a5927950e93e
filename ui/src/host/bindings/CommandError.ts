// Written by `cargo xtask bindings`. Do not change.

/**
 * Why a command gave nothing.
 */
export type CommandError = { 
/**
 * A stable word, for which the page has its own.
 */
code: string, 
/**
 * In English, for what the page has no words for.
 */
message: string, 
/**
 * What the message is about: `path`, `model`, and for a query `at` and `length`, in characters.
 */
params: { [key in string]: string }, };
