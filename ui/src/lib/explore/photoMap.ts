const HEADER_BYTES = 16;
const RECORD_BYTES = 24;
const VERSION = 1;

/** A place for every photo, in the plane from −1 to 1; one array for each property. */
export interface PhotoMap {
  /** A preview is made at once, and shows directions; the arranged map shows neighbourhoods. */
  readonly kind: 'preview' | 'arranged';
  readonly length: number;
  /** Trustworthiness of the neighbourhoods, from 0 to 1; null when it was not measured. */
  readonly trust: number | null;
  readonly id: Float64Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Id of the theme that the photo is in; −1 for none. */
  readonly theme: Int32Array;
}

export function blankMap(length: number, kind: PhotoMap['kind'] = 'arranged', trust: number | null = null): PhotoMap {
  return {
    kind,
    length,
    trust,
    id: new Float64Array(length),
    x: new Float32Array(length),
    y: new Float32Array(length),
    theme: new Int32Array(length).fill(-1),
  };
}

/**
 * Reads the host's answer, all little-endian: u32 version, u32 count, f32 trustworthiness (NaN for unknown), u32 kind
 * (0 preview, 1 arranged), then records of 24 bytes: i64 photo, f32 x, f32 y, i32 theme, u32 of no meaning.
 *
 * @throws RangeError when the version is another, or the length is not that of `count` records
 */
export function parsePhotoMap(buffer: ArrayBuffer): PhotoMap {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER_BYTES) throw new RangeError(`a map of ${buffer.byteLength} bytes has no header`);
  const version = view.getUint32(0, true);
  if (version !== VERSION) throw new RangeError(`a map of version ${version} cannot be read`);
  const count = view.getUint32(4, true);
  if (buffer.byteLength !== HEADER_BYTES + count * RECORD_BYTES) {
    throw new RangeError(`a map of ${buffer.byteLength} bytes does not hold ${count} photos`);
  }
  const trust = view.getFloat32(8, true);
  const map = blankMap(count, view.getUint32(12, true) === 0 ? 'preview' : 'arranged', isNaN(trust) ? null : trust);
  for (let index = 0; index < count; index++) {
    const at = HEADER_BYTES + index * RECORD_BYTES;
    map.id[index] = Number(view.getBigInt64(at, true));
    map.x[index] = finite(view.getFloat32(at + 8, true));
    map.y[index] = finite(view.getFloat32(at + 12, true));
    map.theme[index] = view.getInt32(at + 16, true);
  }
  return map;
}

/**
 * Where the photos of `next` begin to move from: where they are now, or for those that are new where they will be.
 *
 * @param places index in the map before of each photo, by id
 * @param at x and y of each photo of the map before, in turn
 * @returns x and y of each photo of `next`, in turn
 */
export function beginnings(next: PhotoMap, places: ReadonlyMap<number, number>, at: Float32Array): Float32Array {
  const from = pairs(next);
  for (let index = 0; index < next.length; index++) {
    const before = places.get(next.id[index] ?? -1);
    if (before === undefined) continue;
    from[2 * index] = at[2 * before] ?? 0;
    from[2 * index + 1] = at[2 * before + 1] ?? 0;
  }
  return from;
}

/** x and y of each photo, in turn. */
export function pairs(map: PhotoMap): Float32Array {
  const places = new Float32Array(2 * map.length);
  for (let index = 0; index < map.length; index++) {
    places[2 * index] = map.x[index] ?? 0;
    places[2 * index + 1] = map.y[index] ?? 0;
  }
  return places;
}

/** Between two placings, `share` of the way. */
export function between(from: Float32Array, to: Float32Array, share: number): Float32Array {
  return from.map((value, index) => value + ((to[index] ?? value) - value) * share);
}

/** Slow at both ends. */
export function eased(share: number): number {
  const s = Math.min(1, Math.max(0, share));
  return s < 0.5 ? 4 * s ** 3 : 1 - (-2 * s + 2) ** 3 / 2;
}

/** Index of each photo, by id. */
export function placesById(map: PhotoMap): Map<number, number> {
  const places = new Map<number, number>();
  map.id.forEach((id, index) => places.set(id, index));
  return places;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
