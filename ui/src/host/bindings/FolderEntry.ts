// Written by `cargo xtask bindings`. Do not change.
import type { Subfolder } from "./Subfolder";

/**
 * A folder that the user added.
 */
export type FolderEntry = { id: number, path: string, 
/**
 * Its last name.
 */
name: string, 
/**
 * It can be reached.
 */
online: boolean, 
/**
 * Photos in it and below.
 */
photos: number, 
/**
 * Folders below it that hold photos, flattened, sorted.
 */
subfolders: Array<Subfolder>, };
