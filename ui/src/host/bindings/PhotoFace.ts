// Written by `cargo xtask bindings`. Do not change.

/**
 * A face in a photo.
 */
export type PhotoFace = { id: number, 
/**
 * Its box, from 0 to 1 of the upright photo.
 */
x: number, y: number, width: number, height: number, 
/**
 * How sure the detector is, and how good the face is to recognise, from 0 to 1.
 */
score: number, quality: number, 
/**
 * Whose it is.
 */
person: number | null, name: string | null, 
/**
 * The user has said so.
 */
confirmed: boolean, };
