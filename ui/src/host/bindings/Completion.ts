// Written by `cargo xtask bindings`. Do not change.
import type { CompletionKind } from "./CompletionKind";

/**
 * One way to go on writing a query.
 */
export type Completion = { 
/**
 * The stretch of the query that `text` takes the place of, as offsets into a JavaScript string.
 */
from: number, to: number, text: string, kind: CompletionKind, 
/**
 * Photos that it would leave, where that is known.
 */
count: number | null, };
