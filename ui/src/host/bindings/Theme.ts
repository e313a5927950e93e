// Written by `cargo xtask bindings`. Do not change.

/**
 * The colours of the window.
 */
export type Theme = "system" | "light" | "dark";
