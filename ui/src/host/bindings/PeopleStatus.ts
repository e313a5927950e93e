// Written by `cargo xtask bindings`. Do not change.
import type { PeopleState } from "./PeopleState";

/**
 * How far Kindred is with the people in the photos.
 */
export type PeopleStatus = { state: PeopleState, 
/**
 * Ids of the models that have to be installed first.
 */
missingModels: Array<string>, 
/**
 * Faces found.
 */
faces: number, 
/**
 * Photos in which faces were looked for, of those there are.
 */
photosSeen: number, photosToSee: number, 
/**
 * People with a name, groups without one, and those that are hidden.
 */
named: number, unnamed: number, hidden: number, 
/**
 * There is a decision to take back.
 */
canUndo: boolean, };
