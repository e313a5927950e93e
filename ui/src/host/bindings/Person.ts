// Written by `cargo xtask bindings`. Do not change.

/**
 * Somebody, with or without a name.
 */
export type Person = { id: number, name: string | null, 
/**
 * How often they were seen, and in how many photos.
 */
faces: number, photos: number, 
/**
 * Id of the face that stands for them.
 */
cover: number | null, hidden: boolean, 
/**
 * Time of their first and last photo, local time as if it were UTC, in milliseconds.
 */
firstTaken: number | null, lastTaken: number | null, 
/**
 * Faces that may be theirs, to be asked about.
 */
suggestions: number, };
