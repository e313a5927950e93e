// Written by `cargo xtask bindings`. Do not change.
import type { CommandError } from "./CommandError";
import type { IndexPhase } from "./IndexPhase";
import type { IndexReport } from "./IndexReport";

/**
 * How far the indexing job is.
 */
export type IndexProgress = { phase: IndexPhase, 
/**
 * Photo files found so far.
 */
found: number, 
/**
 * Photos to do in this job.
 */
total: number, 
/**
 * Photos done, failed ones included.
 */
done: number, 
/**
 * Photos that could not be read.
 */
failed: number, 
/**
 * Photos a second, over the last half minute.
 */
rate: number, 
/**
 * Expected time to the end.
 */
secondsLeft: number | null, 
/**
 * Who holds the library, or what the networks run on, in English.
 */
message: string | null, 
/**
 * The user has paused the job.
 */
paused: boolean, 
/**
 * With `done`: what the job did.
 */
report: IndexReport | null, 
/**
 * With `failed`: what ended the job.
 */
error: CommandError | null, };
