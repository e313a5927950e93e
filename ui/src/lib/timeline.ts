/** Bits of {@link Timeline.flags}. */
export const Flag = { offline: 1, failed: 2, pending: 4, dateOfFile: 8 } as const;

const RECORD_BYTES = 32;
const HEADER_BYTES = 8;

/** All photos in order, newest first, one array for each property: 100,000 objects would cost ten times the memory. */
export interface Timeline {
  readonly revision: number;
  readonly length: number;
  /** Unix milliseconds of the camera's wall clock: read it with the UTC functions of `Date`. */
  readonly time: Float64Array;
  readonly id: Float64Array;
  /** Width divided by height. */
  readonly aspect: Float32Array;
  /** 0xRRGGBB. */
  readonly colour: Uint32Array;
  readonly folder: Uint32Array;
  readonly flags: Uint8Array;
}

/** A timeline of `length` photos that are still to be filled in. */
export function blankTimeline(length: number, revision = 0) {
  return {
    revision,
    length,
    time: new Float64Array(length),
    id: new Float64Array(length),
    aspect: new Float32Array(length).fill(1.5),
    colour: new Uint32Array(length).fill(0x808080),
    folder: new Uint32Array(length),
    flags: new Uint8Array(length),
  };
}

/**
 * Reads the host's answer: 8 bytes with the revision (f64), then records of 32 bytes, all little-endian: f64 time,
 * f64 id, f32 aspect, u32 colour, u32 folder, u32 flags.
 *
 * @throws RangeError when the length is not that of whole records
 */
export function parseTimeline(buffer: ArrayBuffer): Timeline {
  const body = buffer.byteLength - HEADER_BYTES;
  if (body < 0 || body % RECORD_BYTES !== 0) {
    throw new RangeError(`a timeline of ${buffer.byteLength} bytes holds no whole records`);
  }
  const view = new DataView(buffer);
  const timeline = blankTimeline(body / RECORD_BYTES, view.getFloat64(0, true));
  for (let index = 0; index < timeline.length; index++) {
    const at = HEADER_BYTES + index * RECORD_BYTES;
    timeline.time[index] = view.getFloat64(at, true);
    timeline.id[index] = view.getFloat64(at + 8, true);
    const aspect = view.getFloat32(at + 16, true);
    timeline.aspect[index] = aspect > 0 && Number.isFinite(aspect) ? aspect : 1.5;
    timeline.colour[index] = view.getUint32(at + 20, true);
    timeline.folder[index] = view.getUint32(at + 24, true);
    timeline.flags[index] = view.getUint32(at + 28, true);
  }
  return timeline;
}

/** The photos at `indices`, in that order; those that are not in the timeline (-1) have neutral values. */
export function pickFrom(timeline: Timeline, indices: ArrayLike<number>): Timeline {
  const picked = blankTimeline(indices.length, timeline.revision);
  for (let to = 0; to < indices.length; to++) {
    const from = indices[to] ?? -1;
    picked.time[to] = timeline.time[from] ?? 0;
    picked.id[to] = timeline.id[from] ?? 0;
    picked.aspect[to] = timeline.aspect[from] ?? 1.5;
    picked.colour[to] = timeline.colour[from] ?? 0x808080;
    picked.folder[to] = timeline.folder[from] ?? 0;
    picked.flags[to] = timeline.flags[from] ?? 0;
  }
  return picked;
}

/** Only the photos of one folder. */
export function inFolder(timeline: Timeline, folder: number): Timeline {
  const indices: number[] = [];
  timeline.folder.forEach((of, index) => {
    if (of === folder) indices.push(index);
  });
  return pickFrom(timeline, indices);
}

/** Where each photo is in the timeline, by id. */
export function indexById(timeline: Timeline): Map<number, number> {
  const places = new Map<number, number>();
  timeline.id.forEach((id, index) => places.set(id, index));
  return places;
}

/** `#rrggbb` of a colour as the timeline has it. */
export function cssColour(colour: number): string {
  return `#${(colour & 0xffffff).toString(16).padStart(6, '0')}`;
}
