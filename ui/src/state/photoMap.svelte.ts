import { HostError, type Host } from '../host/host';
import { onTheWay, pan, showBounds, wholeMap, zoom, type Bounds, type Camera, type Point } from '../lib/explore/camera';
import { bulkOf } from '../lib/explore/bulk';
import {
  beginnings,
  between,
  blankMap,
  eased,
  pairs,
  parsePhotoMap,
  placesById,
  type PhotoMap,
} from '../lib/explore/photoMap';
import { PointIndex } from '../lib/explore/pointIndex';
import { nextTicket } from '../lib/tickets';
import type { Size } from '../lib/zoom';
import { Exploration } from './exploration.svelte';
import type { ExploreState } from './explore.svelte';

/** A map with all that is needed to draw it and to find its photos. */
export interface Placed {
  map: PhotoMap;
  /** Index of each photo, by id. */
  places: ReadonlyMap<number, number>;
  index: PointIndex;
  /** x and y of each photo in turn: where it comes from, where it is. */
  from: Float32Array;
  to: Float32Array;
}

/** Milliseconds that photos take to another place, and that the view takes. */
const MOVING = 1400;
const FLYING = 700;
/** Milliseconds without an answer after which a sketch is asked for. */
const SKETCH_AFTER = 120;

function placedAt(map: PhotoMap, from?: Float32Array): Placed {
  const to = pairs(map);
  return { map, places: placesById(map), index: new PointIndex(map.x, map.y), from: from ?? to, to };
}

/** The map of the photos: where they are, on their way from where, and which part is in sight. */
export class MapState {
  readonly exploration: Exploration<PhotoMap>;
  placed = $state.raw<Placed>(placedAt(blankMap(0)));
  /** How far the photos are on their way, from 0 to 1. */
  share = $state(1);
  frame = $state.raw<Size>({ width: 0, height: 0 });
  camera = $state.raw<Camera>({ x: 0, y: 0, scale: 1 });
  /** A line is being drawn around photos, or will be by the next drag. */
  lassoing = $state(false);
  line = $state.raw<readonly Point[]>([]);
  /** Index of the photo under the pointer, or in the middle for keys. */
  pointed = $state<number | null>(null);
  /** Nothing moves by itself. */
  calm = false;
  #host: Host;
  #explore: ExploreState;
  #previewed = '';
  #begun = 0;
  #flight: { from: Camera; to: Camera; begun: number } | null = null;
  #wanted: readonly number[] = [];
  #touched = false;

  constructor(host: Host, explore: ExploreState) {
    this.exploration = new Exploration(host);
    this.#host = host;
    this.#explore = explore;
  }

  readonly moving = $derived(this.share < 1);
  readonly isPreview = $derived(this.placed.map.kind === 'preview');

  async look() {
    const { subject, revision } = this.#explore;
    const asked = this.exploration.ask(subject, revision, async (ticket) =>
      parsePhotoMap(await this.#host.photoMap(this.#explore.request(ticket))),
    );
    if (this.exploration.busy && this.exploration.result === null) void this.#preview(subject);
    await asked;
    const { result } = this.exploration;
    if (result && subject === this.#explore.subject && result !== this.placed.map) this.place(result);
  }

  /** Shows another map: photos that are on both move from where they are. */
  place(map: PhotoMap) {
    const before = this.placed;
    const now = this.moving ? between(before.from, before.to, eased(this.share)) : before.to;
    const isFirst = before.map.length === 0;
    this.placed = placedAt(map, isFirst || this.calm ? undefined : beginnings(map, before.places, now));
    this.share = isFirst || this.calm ? 1 : 0;
    this.#begun = 0;
    this.pointed = null;
    if (this.#wanted.length > 0) this.show(this.#wanted);
  }

  /** Goes on with what moves by itself; false when nothing does. */
  tick(now: number): boolean {
    if (this.moving) {
      if (this.#begun === 0) this.#begun = now;
      this.share = Math.min(1, (now - this.#begun) / MOVING);
    }
    const flight = this.#flight;
    if (flight) {
      if (flight.begun === 0) flight.begun = now;
      const part = Math.min(1, (now - flight.begun) / FLYING);
      this.camera = onTheWay(flight.from, flight.to, eased(part));
      if (part === 1) this.#flight = null;
    }
    return this.moving || this.#flight !== null;
  }

  /** The frame has another size. What was in the middle stays there; a map that nobody has moved yet is shown whole. */
  resize(frame: Size) {
    const before = this.frame;
    this.frame = frame;
    if (frame.width === 0 || frame.height === 0) return;
    if (!this.#touched || before.width === 0) this.camera = wholeMap(frame);
    if (this.#wanted.length > 0) this.show(this.#wanted);
  }

  panBy(dx: number, dy: number) {
    this.#take();
    this.camera = pan(this.camera, this.frame, dx, dy);
  }

  /** Zooms around a place of the frame, or its middle. */
  zoomBy(factor: number, at: Point = { x: this.frame.width / 2, y: this.frame.height / 2 }) {
    this.#take();
    this.camera = zoom(this.camera, this.frame, factor, at.x, at.y);
  }

  /** Zooms as a button does: with a way between. */
  zoomStep(factor: number) {
    const { frame } = this;
    const from = this.destination;
    this.fly(zoom(from, frame, factor, frame.width / 2, frame.height / 2));
  }

  fitAll() {
    this.fly(wholeMap(this.frame));
    this.#touched = false;
  }

  /** Where the map is looked at from, or will be when it has come to rest. */
  get destination(): Camera {
    return this.#flight?.to ?? this.camera;
  }

  fly(to: Camera) {
    this.#touched = true;
    this.#flight = this.calm ? null : { from: this.camera, to, begun: 0 };
    if (this.calm) this.camera = to;
  }

  flyToBounds(bounds: Bounds) {
    this.fly(showBounds(bounds, this.frame));
  }

  /** Brings photos into sight, as soon as there is a map that has them. */
  show(ids: readonly number[]) {
    this.#wanted = ids;
    const indices = ids.flatMap((id) => this.placed.places.get(id) ?? []);
    if (indices.length === 0 || this.frame.width === 0) return;
    this.flyToBounds(bulkOf(this.placed.map, indices));
    this.pointed = indices.length === 1 ? (indices[0] ?? null) : null;
    // A preview is not the last word: the photos are looked for again when they have moved.
    if (this.placed.map.kind === 'arranged') this.#wanted = [];
  }

  idAt(index: number | null): number | null {
    return index === null ? null : (this.placed.map.id[index] ?? null);
  }

  #take() {
    this.#flight = null;
    this.#touched = true;
    this.#wanted = [];
  }

  async #preview(subject: string) {
    if (this.#previewed === subject) return;
    this.#previewed = subject;
    // A map that is kept comes sooner than it could be sketched.
    await new Promise((resolve) => setTimeout(resolve, SKETCH_AFTER));
    if (subject !== this.#explore.subject || this.exploration.result !== null) return;
    try {
      const map = parsePhotoMap(await this.#host.photoMapPreview(this.#explore.request(nextTicket())));
      if (subject === this.#explore.subject && this.exploration.result === null) this.place(map);
    } catch (thrown) {
      // The map itself is on its way, and says what is wrong if it does not come.
      if (HostError.from(thrown).code === 'unexpected') this.#previewed = '';
    }
  }
}
