// Written by `cargo xtask bindings`. Do not change.
import type { PhotoTheme } from "./PhotoTheme";

/**
 * The themes of a library.
 */
export type Themes = { themes: Array<PhotoTheme>, 
/**
 * Photos in no theme.
 */
unsorted: number, photos: number, 
/**
 * Id of the model whose vectors were used.
 */
model: string | null, };
