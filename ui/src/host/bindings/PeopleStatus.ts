// Written by `cargo xtask bindings`. Do not change.
import type { PeopleState } from "./PeopleState";

/**
 * How far the search for faces is.
 */
export type PeopleStatus = { state: PeopleState, 
/**
 * Ids of models that are not installed.
 */
missingModels: Array<string>, faces: number, 
/**
 * Photos in reach that were looked at.
 */
photosSeen: number, 
/**
 * Photos in reach that were not yet.
 */
photosToSee: number, 
/**
 * People with a name.
 */
named: number, 
/**
 * People without.
 */
unnamed: number, 
/**
 * People that are hidden, with a name or without.
 */
hidden: number, 
/**
 * There is a decision that `undo_people` would take back.
 */
canUndo: boolean, };
