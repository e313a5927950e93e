// Written by `cargo xtask bindings`. Do not change.

/**
 * What networks run on, and why.
 */
export type DeviceInUse = { kind: "gpu" | "cpu", 
/**
 * The GPU as its driver calls it; for the CPU the number of threads.
 */
name: string, 
/**
 * Completes a sentence that ends in "because", in English.
 */
reason: string, };
