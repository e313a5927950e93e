// Written by `cargo xtask bindings`. Do not change.

/**
 * How the grid is laid out.
 */
export type ViewMode = "justified" | "uniform";
