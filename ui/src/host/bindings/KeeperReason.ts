// Written by `cargo xtask bindings`. Do not change.

/**
 * What made a photo the one to keep.
 */
export type KeeperReason = "resolution" | "sharpness" | "date" | "format" | "size" | "first";
