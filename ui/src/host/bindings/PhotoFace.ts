// Written by `cargo xtask bindings`. Do not change.

/**
 * A face of a photo.
 */
export type PhotoFace = { id: number, 
/**
 * Edges and sides in shares of the upright photo; it may reach outside.
 */
x: number, y: number, width: number, height: number, 
/**
 * The detector's score, 0 to 1.
 */
score: number, 
/**
 * How much it tells about whose it is, 0 to 1.
 */
quality: number, person: number | null, name: string | null, 
/**
 * The user said so.
 */
confirmed: boolean, };
