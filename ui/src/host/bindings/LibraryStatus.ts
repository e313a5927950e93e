// Written by `cargo xtask bindings`. Do not change.
import type { DeviceInUse } from "./DeviceInUse";
import type { FolderEntry } from "./FolderEntry";
import type { IndexedModel } from "./IndexedModel";
import type { LibraryState } from "./LibraryState";
import type { PhotoCounts } from "./PhotoCounts";
import type { Switch } from "./Switch";

/**
 * The library at a glance. Cheap to ask for.
 */
export type LibraryStatus = { 
/**
 * What can be done with it.
 */
state: LibraryState, photos: PhotoCounts, folders: Array<FolderEntry>, 
/**
 * Every model that has seen photos, or is going to.
 */
models: Array<IndexedModel>, 
/**
 * Id of the model that answers searches; absent when the one that is remembered is not to be had.
 */
meaning: string | null, 
/**
 * Id of the model that answers "looks like"; absent as `meaning` is.
 */
look: string | null, 
/**
 * Models that answer as soon as they have seen enough.
 */
switching: Array<Switch>, 
/**
 * What networks run on; absent until one was needed.
 */
device: DeviceInUse | null, 
/**
 * Grows whenever photos change.
 */
revision: number, };
