// Written by `cargo xtask bindings`. Do not change.

/**
 * The folder that a photo does not belong in.
 */
export type OutlierFolder = { id: number, path: string, };
