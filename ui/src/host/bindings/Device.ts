// Written by `cargo xtask bindings`. Do not change.

/**
 * What the networks may run on.
 */
export type Device = "auto" | "gpu" | "cpu";
