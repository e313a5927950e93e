// The values that cross the bridge, generated from the program's own types.
export type * from './bindings';
