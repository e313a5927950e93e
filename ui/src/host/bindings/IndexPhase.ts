// Written by `cargo xtask bindings`. Do not change.

/**
 * What the indexing job is doing.
 */
export type IndexPhase = "waiting" | "scanning" | "loading_models" | "indexing" | "finishing" | "done" | "failed";
