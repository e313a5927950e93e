// Written by `cargo xtask bindings`. Do not change.

/**
 * A folder below one that the user added.
 */
export type Subfolder = { 
/**
 * Its last name.
 */
name: string, 
/**
 * Its path from the added folder, with `/` between names.
 */
relative: string, 
/**
 * Photos in it and below.
 */
photos: number, };
