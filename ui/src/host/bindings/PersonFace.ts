// Written by `cargo xtask bindings`. Do not change.

/**
 * A face of a person.
 */
export type PersonFace = { id: number, 
/**
 * A photo that it is in.
 */
photo: number, 
/**
 * When that was taken, if it says so.
 */
takenAt: number | null, 
/**
 * The user said that it is the person.
 */
confirmed: boolean, };
