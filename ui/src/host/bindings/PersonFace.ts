// Written by `cargo xtask bindings`. Do not change.

/**
 * A face of a person.
 */
export type PersonFace = { id: number, 
/**
 * The photo that it is in.
 */
photo: number, takenAt: number | null, 
/**
 * The user has said so.
 */
confirmed: boolean, };
