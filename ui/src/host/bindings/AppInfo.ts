// Written by `cargo xtask bindings`. Do not change.
import type { Platform } from "./Platform";

/**
 * What the page must know of the program to begin.
 */
export type AppInfo = { 
/**
 * Of Kindred.
 */
version: string, 
/**
 * The system that it runs on.
 */
platform: Platform, 
/**
 * The user's language and region, as BCP 47 writes them: `ko-KR`.
 */
locale: string, 
/**
 * The library's folder.
 */
library: string, 
/**
 * The folder of models.
 */
models: string, };
