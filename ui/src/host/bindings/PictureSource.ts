// Written by `cargo xtask bindings`. Do not change.

/**
 * Which picture.
 */
export type PictureSource = { "kind": "photo", id: number, } | { "kind": "picture", token: string, };
