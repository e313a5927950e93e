// Written by `cargo xtask bindings`. Do not change.
import type { DuplicatePhoto } from "./DuplicatePhoto";
import type { KeeperReason } from "./KeeperReason";

/**
 * Photos of the same picture.
 */
export type DuplicateGroup = { 
/**
 * Id of the photo to keep.
 */
keeper: number, reason: KeeperReason, 
/**
 * The keeper first.
 */
photos: Array<DuplicatePhoto>, };
