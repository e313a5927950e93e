// Written by `cargo xtask bindings`. Do not change.
import type { Exploring } from "./Exploring";
import type { IndexProgress } from "./IndexProgress";
import type { ModelProgress } from "./ModelProgress";
import type { Offered } from "./Offered";

/**
 * Something happened. Samples of one thing come at most ten times a second; the last of a job is never left out.
 */
export type Event = { "kind": "index" } & IndexProgress | { "kind": "library", revision: number, } | { "kind": "model" } & ModelProgress | { "kind": "drop", over: boolean, x: number, y: number, } | { "kind": "dropped" } & Offered | { "kind": "open" } & Offered | { "kind": "exploring" } & Exploring;
