import { toFrame, toMap, type Point } from '../lib/explore/camera';
import { drawnOn } from '../lib/explore/lasso';
import type { App } from './app.svelte';
import type { MapThumbs } from './mapThumbs.svelte';

/** Pixels from a point within which it is meant. */
const REACH = 12;
const FINGER = 26;
/** Pixels that a press may move and still be a click. */
const STILL = 4;
const LONG_PRESS = 500;

/** What the mouse, a pen or fingers do on the map. */
export class MapPointer {
  #app: App;
  #thumbs: MapThumbs;
  #fingers = new Map<number, Point>();
  #begun: Point | null = null;
  #moved = false;
  #press: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App, thumbs: MapThumbs) {
    this.#app = app;
    this.#thumbs = thumbs;
  }

  down = (event: PointerEvent) => {
    const { map } = this.#app.explore;
    if (event.button === 2) return;
    const at = this.#at(event);
    this.#fingers.set(event.pointerId, at);
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#moved = this.#fingers.size > 1;
    this.#begun = at;
    if (this.#fingers.size > 1) map.line = [];
    else if (event.button === 0 && (map.lassoing || event.shiftKey)) map.line = [at];
    if (event.pointerType === 'touch') {
      this.#press = setTimeout(() => this.#menu(at, event.clientX, event.clientY, FINGER), LONG_PRESS);
    }
  };

  move = (event: PointerEvent) => {
    const { map } = this.#app.explore;
    const at = this.#at(event);
    const before = this.#fingers.get(event.pointerId);
    if (!before || !this.#begun) {
      if (event.pointerType !== 'touch') map.pointed = this.indexAt(at, REACH);
      return;
    }
    if (Math.hypot(at.x - this.#begun.x, at.y - this.#begun.y) > STILL) {
      this.#moved = true;
      clearTimeout(this.#press);
    }
    const [other] = [...this.#fingers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    this.#fingers.set(event.pointerId, at);
    if (other) {
      const spread = (point: Point) => Math.hypot(point.x - other.x, point.y - other.y);
      map.panBy((at.x - before.x) / 2, (at.y - before.y) / 2);
      map.zoomBy(spread(at) / Math.max(1, spread(before)), { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
    } else if (map.line.length > 0) {
      map.line = drawnOn(map.line, at, 3);
    } else if (this.#moved) {
      map.pointed = null;
      map.panBy(at.x - before.x, at.y - before.y);
    }
  };

  up = (event: PointerEvent) => {
    clearTimeout(this.#press);
    if (!this.#fingers.delete(event.pointerId) || this.#fingers.size > 0) return;
    const { map } = this.#app.explore;
    const { selection } = this.#app;
    const add = event.ctrlKey || event.metaKey;
    const { line } = map;
    map.line = [];
    if (line.length > 2) {
      const around = line.map((point) => toMap(map.camera, map.frame, point.x, point.y));
      const inside = map.placed.index.inPolygon(around).filter((index) => this.#app.look.isShown(index));
      selection.take(
        inside.map((index) => map.idAt(index) ?? 0),
        add,
      );
      map.lassoing = false;
    } else if (!this.#moved && event.button === 0) {
      const id = map.idAt(this.indexAt(this.#at(event), event.pointerType === 'touch' ? FINGER : REACH));
      if (id === null) {
        if (!add) selection.clear();
      } else if (add) selection.toggle(id);
      else selection.take([id], false);
    }
    this.#begun = null;
  };

  cancel = (event: PointerEvent) => {
    clearTimeout(this.#press);
    this.#fingers.delete(event.pointerId);
    this.#begun = null;
    this.#app.explore.map.line = [];
  };

  leave = () => {
    if (this.#fingers.size === 0) this.#app.explore.map.pointed = null;
  };

  doubleClick = (event: MouseEvent) => {
    const { map } = this.#app.explore;
    const at = this.#at(event);
    const id = map.idAt(this.indexAt(at, REACH));
    if (id === null) map.zoomBy(2, at);
    else this.#app.openViewer(id);
  };

  contextMenu = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
    this.#menu(this.#at(event), event.clientX, event.clientY, REACH);
  };

  /** The wheel zooms, as do fingers that part; two fingers on a touchpad move the map. */
  wheel = (event: WheelEvent) => {
    event.preventDefault();
    const { map } = this.#app.explore;
    const isTouchpad = event.deltaMode === 0 && (event.deltaX !== 0 || !Number.isInteger(event.deltaY));
    if (isTouchpad && !event.ctrlKey) map.panBy(-event.deltaX, -event.deltaY);
    else map.zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0018)), this.#at(event));
  };

  /** The photo at a place of the frame: one whose thumbnail is there, or the nearest point. */
  indexAt({ x, y }: Point, reach: number): number | null {
    const { placed, camera, frame, moving } = this.#app.explore.map;
    if (moving) return null;
    const half = this.#thumbs.side / 2;
    for (const index of this.#thumbs.chosen) {
      const at = toFrame(camera, frame, placed.map.x[index] ?? 0, placed.map.y[index] ?? 0);
      if (Math.abs(at.x - x) <= half && Math.abs(at.y - y) <= half) return index;
    }
    const place = toMap(camera, frame, x, y);
    return placed.index.nearest(place.x, place.y, reach / camera.scale, (index) => this.#app.look.isShown(index));
  }

  #menu(at: Point, x: number, y: number, reach: number) {
    const { explore, menu } = this.#app;
    const id = explore.map.idAt(this.indexAt(at, reach));
    if (id !== null) menu.open({ ids: this.#app.targets(id), id, x, y });
  }

  #at(event: MouseEvent): Point {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}
