// Written by `cargo xtask bindings`. Do not change.

/**
 * A person.
 */
export type Person = { id: number, name: string | null, 
/**
 * Its faces in visible photos.
 */
faces: number, 
/**
 * The photos that these are in.
 */
photos: number, 
/**
 * The face to show.
 */
cover: number | null, hidden: boolean, 
/**
 * When its first photo was taken, local time as if it were UTC, in milliseconds.
 */
firstTaken: number | null, lastTaken: number | null, 
/**
 * Questions that `suggestions` has about it.
 */
suggestions: number, };
