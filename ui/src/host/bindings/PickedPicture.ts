// Written by `cargo xtask bindings`. Do not change.

/**
 * A picture that was picked, pasted or dropped, to be asked about.
 */
export type PickedPicture = { 
/**
 * Its place is `thumb://localhost/picture/<token>/256`; holds until the program ends.
 */
token: string, 
/**
 * The file's name; empty for one that was pasted.
 */
name: string, 
/**
 * The photo that it is, when it is one of the library.
 */
photo: number | null, };
