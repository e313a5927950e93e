// Written by `cargo xtask bindings`. Do not change.

/**
 * What a completion completes.
 */
export type CompletionKind = "folder" | "camera" | "date" | "person" | "key";
