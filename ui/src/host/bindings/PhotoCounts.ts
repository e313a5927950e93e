// Written by `cargo xtask bindings`. Do not change.

/**
 * Photos by state.
 */
export type PhotoCounts = { total: number, 
/**
 * Read, with metadata and thumbnail.
 */
ready: number, 
/**
 * Found, not yet read.
 */
pending: number, 
/**
 * Could not be read.
 */
failed: number, 
/**
 * In folders that cannot be reached now.
 */
offline: number, };
