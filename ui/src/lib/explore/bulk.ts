import type { Bounds } from './camera';
import type { PhotoMap } from './photoMap';

/** Share of the photos at each side that do not count, for a stray would take all of the frame. */
const STRAYS = 0.03;

/** Where most of these photos are. */
export function bulkOf(map: PhotoMap, indices: readonly number[]): Bounds {
  const [minX, maxX] = ends(Float32Array.from(indices, (index) => map.x[index] ?? 0));
  const [minY, maxY] = ends(Float32Array.from(indices, (index) => map.y[index] ?? 0));
  return { minX, minY, maxX, maxY };
}

function ends(values: Float32Array): [number, number] {
  values.sort();
  const skipped = Math.floor(values.length * STRAYS);
  return [values[skipped] ?? 0, values[values.length - 1 - skipped] ?? 0];
}
