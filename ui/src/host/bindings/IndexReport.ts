// Written by `cargo xtask bindings`. Do not change.
import type { DeviceInUse } from "./DeviceInUse";

/**
 * What an indexing job did.
 */
export type IndexReport = { 
/**
 * Photo files in the reachable folders.
 */
found: number, 
/**
 * Photos brought up to date by this job.
 */
indexed: number, 
/**
 * Photos that were up to date before.
 */
unchanged: number, 
/**
 * Photos that cannot be read; `failures` tells which.
 */
failed: number, offline: number, 
/**
 * Photos known by their content at a new path.
 */
moved: number, 
/**
 * Photos whose file is gone.
 */
missing: number, 
/**
 * Photos left for the next job.
 */
remaining: number, seconds: number, 
/**
 * The job was ended by the user.
 */
cancelled: boolean, 
/**
 * Ids of the models whose vectors are now there for every indexed photo.
 */
models: Array<string>, device: DeviceInUse | null, };
