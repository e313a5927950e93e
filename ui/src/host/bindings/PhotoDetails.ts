// Written by `cargo xtask bindings`. Do not change.
import type { SeenBy } from "./SeenBy";

/**
 * Everything that is known of a photo.
 */
export type PhotoDetails = { id: number, path: string, 
/**
 * The file's name.
 */
name: string, 
/**
 * The directory that the file lies in.
 */
folder: string, 
/**
 * Size of the file.
 */
bytes: number, 
/**
 * When the file was changed, Unix time in milliseconds.
 */
modified: number, 
/**
 * When the photo was taken, local time as if it were UTC, in milliseconds.
 */
takenAt: number | null, 
/**
 * In pixels, upright.
 */
width: number | null, height: number | null, camera: string | null, lens: string | null, 
/**
 * In degrees.
 */
latitude: number | null, longitude: number | null, state: "pending" | "ready" | "failed", 
/**
 * Why it failed.
 */
reason: string | null, 
/**
 * Its folder cannot be reached now.
 */
offline: boolean, 
/**
 * `JPEG`, `HEIC`, …
 */
format: string | null, 
/**
 * The networks that have looked at it.
 */
seenBy: Array<SeenBy>, };
