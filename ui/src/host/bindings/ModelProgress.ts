// Written by `cargo xtask bindings`. Do not change.
import type { CommandError } from "./CommandError";
import type { ModelPhase } from "./ModelPhase";

/**
 * How far the download or import of a model is.
 */
export type ModelProgress = { 
/**
 * Which model.
 */
id: string, phase: ModelPhase, 
/**
 * Bytes that are here.
 */
bytes: number, 
/**
 * Bytes that will be here at the end.
 */
total: number, 
/**
 * Bytes a second; 0 unless bytes come in.
 */
rate: number, secondsLeft: number | null, 
/**
 * With `failed` what ended it; with `downloading` what went wrong before the next try.
 */
error: CommandError | null, };
