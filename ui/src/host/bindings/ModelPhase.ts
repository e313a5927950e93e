// Written by `cargo xtask bindings`. Do not change.

/**
 * What a download is doing.
 */
export type ModelPhase = "downloading" | "verifying" | "done" | "paused" | "failed";
