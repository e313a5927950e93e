// Written by `cargo xtask bindings`. Do not change.

/**
 * What can be done with the library.
 */
export type LibraryState = "opening" | "empty" | "ready" | "damaged" | "newer" | "unreachable";
