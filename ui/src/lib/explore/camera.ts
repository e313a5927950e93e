import type { Size } from '../zoom';

/** What of the map is in sight: the place in the middle, and CSS pixels for each unit of the map. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Bounds {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** Room around the outermost photos, as a share of the frame. */
const MARGIN = 0.08;
/** How far one can go out beyond all photos, and into them. */
const FARTHEST = 0.6;
const NEAREST = 600;

/** All photos in sight. */
export function wholeMap(frame: Size): Camera {
  return { x: 0, y: 0, scale: fittingScale(frame) };
}

function fittingScale(frame: Size): number {
  return Math.max(1, (Math.min(frame.width, frame.height) / 2) * (1 - 2 * MARGIN));
}

export function clampCamera({ x, y, scale }: Camera, frame: Size): Camera {
  const fitting = fittingScale(frame);
  const within = (value: number) => Math.min(1.1, Math.max(-1.1, value));
  return { x: within(x), y: within(y), scale: Math.min(fitting * NEAREST, Math.max(fitting * FARTHEST, scale)) };
}

export function toFrame(camera: Camera, frame: Size, x: number, y: number): Point {
  return {
    x: frame.width / 2 + (x - camera.x) * camera.scale,
    y: frame.height / 2 + (y - camera.y) * camera.scale,
  };
}

export function toMap(camera: Camera, frame: Size, x: number, y: number): Point {
  return {
    x: camera.x + (x - frame.width / 2) / camera.scale,
    y: camera.y + (y - frame.height / 2) / camera.scale,
  };
}

/** Moves what is in sight by pixels of the frame. */
export function pan(camera: Camera, frame: Size, dx: number, dy: number): Camera {
  const { x, y, scale } = camera;
  return clampCamera({ x: x - dx / scale, y: y - dy / scale, scale }, frame);
}

/** Zooms so that the place at (x, y) of the frame stays where it is. */
export function zoom(camera: Camera, frame: Size, factor: number, x: number, y: number): Camera {
  const held = toMap(camera, frame, x, y);
  const { scale } = clampCamera({ ...camera, scale: camera.scale * factor }, frame);
  return clampCamera(
    { scale, x: held.x - (x - frame.width / 2) / scale, y: held.y - (y - frame.height / 2) / scale },
    frame,
  );
}

/** How much nearer than the whole map: 1 when all of it is in sight. */
export function magnification(camera: Camera, frame: Size): number {
  return camera.scale / fittingScale(frame);
}

/** The part of the map in sight, and `margin` pixels around it. */
export function inSight(camera: Camera, frame: Size, margin = 0): Bounds {
  const from = toMap(camera, frame, -margin, -margin);
  const to = toMap(camera, frame, frame.width + margin, frame.height + margin);
  return { minX: from.x, minY: from.y, maxX: to.x, maxY: to.y };
}

/** Brings a part of the map into sight; a single place with what is around it. */
export function showBounds(bounds: Bounds, frame: Size, mostTimes = 24): Camera {
  const width = Math.max(1e-6, bounds.maxX - bounds.minX);
  const height = Math.max(1e-6, bounds.maxY - bounds.minY);
  const fitting = fittingScale(frame);
  const scale = Math.min((frame.width * 0.8) / width, (frame.height * 0.8) / height, fitting * mostTimes);
  return clampCamera({ x: (bounds.minX + bounds.maxX) / 2, y: (bounds.minY + bounds.maxY) / 2, scale }, frame);
}

/** A camera on the way from one to another. The scale goes by factors, so that zooming is even. */
export function onTheWay(from: Camera, to: Camera, share: number): Camera {
  const scale = from.scale * (to.scale / from.scale) ** share;
  // The places that stay on a straight line of the frame while the scale changes.
  const part =
    Math.abs(to.scale - from.scale) < 1e-9 ? share : (1 / scale - 1 / from.scale) / (1 / to.scale - 1 / from.scale);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, scale };
}
