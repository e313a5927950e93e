// Written by `cargo xtask bindings`. Do not change.
import type { OutlierFolder } from "./OutlierFolder";
import type { OutlierNeighbour } from "./OutlierNeighbour";

/**
 * A photo unlike the others.
 */
export type Outlier = { id: number, 
/**
 * Local outlier factor: 1 is as close to its neighbours as they are to theirs.
 */
score: number, 
/**
 * The nearest three.
 */
neighbours: Array<OutlierNeighbour>, 
/**
 * The folder it is unlike; absent when the whole library was looked at.
 */
folder: OutlierFolder | null, };
