// Written by `cargo xtask bindings`. Do not change.
import type { ModelState } from "./ModelState";
import type { Purpose } from "./Purpose";

/**
 * A model that Kindred knows.
 */
export type ModelStatus = { id: string, 
/**
 * One line for people, in English.
 */
title: string, 
/**
 * What it is for.
 */
purposes: Array<Purpose>, state: ModelState, 
/**
 * What is wrong with a damaged one.
 */
reason: string | null, 
/**
 * Size of a download, or of what is built in.
 */
bytes: number, bytesHere: number, 
/**
 * Licence of the weights.
 */
licence: string, 
/**
 * Where a download comes from: an address, `https://…`; absent for what is built in.
 */
source: string | null, 
/**
 * What a user should know before using it, in English.
 */
notice: string | null, 
/**
 * Kindred's own choice for the purpose.
 */
default: boolean, 
/**
 * Its weights, once installed.
 */
path: string | null, 
/**
 * Questions that it answers now.
 */
inUseFor: Array<Purpose>, };
