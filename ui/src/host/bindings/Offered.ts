// Written by `cargo xtask bindings`. Do not change.
import type { PickedPicture } from "./PickedPicture";

/**
 * Files that the user gave to the window.
 */
export type Offered = { 
/**
 * Paths of folders, to be added.
 */
folders: Array<string>, 
/**
 * Pictures, to be asked about.
 */
pictures: Array<PickedPicture>, 
/**
 * Where they were dropped, in pixels of the page; 0 where they were not.
 */
x: number, y: number, };
