// Written by `cargo xtask bindings`. Do not change.
import type { Device } from "./Device";
import type { Language } from "./Language";
import type { Theme } from "./Theme";
import type { ViewMode } from "./ViewMode";

/**
 * What the user has set for the window. Kept in a file of the program's settings folder.
 */
export type Settings = { 
/**
 * The words on the screen.
 */
language: Language, 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * What the networks may run on; holds from the next start.
 */
device: Device, 
/**
 * Height of a row of the grid in pixels of the page, 96 to 384.
 */
thumbnail: number, 
/**
 * How the grid is laid out.
 */
viewMode: ViewMode, };
