// Written by `cargo xtask bindings`. Do not change.

/**
 * What a photo of a group is to its keeper.
 */
export type Relation = "keeper" | "sameFile" | "resized" | "reencoded" | "grey" | "mirrored" | "rotated" | "cropped" | "burst" | "edited";
