// Written by `cargo xtask bindings`. Do not change.

/**
 * A part of the program that others wrote.
 */
export type Licence = { 
/**
 * The package.
 */
name: string, version: string, 
/**
 * An SPDX expression.
 */
licence: string, };
