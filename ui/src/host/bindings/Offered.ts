// Written by `cargo xtask bindings`. Do not change.
import type { CommandError } from "./CommandError";
import type { PickedPicture } from "./PickedPicture";

/**
 * Files that the user gave to the window.
 */
export type Offered = { 
/**
 * Folders, to be added: paths, or tokens of those whose names are no Unicode.
 */
folders: Array<string>, 
/**
 * Pictures, to be asked about.
 */
pictures: Array<PickedPicture>, 
/**
 * Why something else could not be taken.
 */
error: CommandError | null, 
/**
 * Where they were dropped, in pixels of the page; 0 where they were not.
 */
x: number, y: number, };
