// Written by `cargo xtask bindings`. Do not change.
import type { DeviceInUse } from "./DeviceInUse";
import type { Found } from "./Found";

/**
 * Photos in order of likeness.
 */
export type Answer = { 
/**
 * Id of the model that answered; absent when there were only filters.
 */
model: string | null, 
/**
 * Time from the question to the answer, in milliseconds.
 */
tookMs: number, 
/**
 * How many results, from the first, stand out from the rest of the library.
 */
strong: number, 
/**
 * How many results there are to page through.
 */
total: number, 
/**
 * What the network ran on; absent when none ran.
 */
device: DeviceInUse | null, results: Array<Found>, };
