import type { Camera } from '../lib/explore/camera';
import type { Colour } from '../lib/explore/colours';
import type { Size } from '../lib/zoom';

/** How a point is drawn. Those from `lit` on lie above the others. */
export const PointState = { hidden: 0, dim: 1, plain: 2, lit: 3, chosen: 4 } as const;

/** One picture of the map. */
export interface MapFrame {
  camera: Camera;
  size: Size;
  /** Device pixels in a CSS pixel. */
  pixelRatio: number;
  /** How far the points are on their way, from 0 to 1. */
  progress: number;
  /** Of a plain point, in CSS pixels. */
  radius: number;
  /** Draws one point of so many: a machine that is slow shows a part while the map moves. */
  every: number;
  /** Around points that are chosen. */
  accent: Colour;
}

/** Draws the points of a map. */
export interface PointPainter {
  /** x and y of each point in turn: where it comes from, where it goes. */
  place(from: Float32Array, to: Float32Array): void;
  /** Four bytes for each point. */
  colour(colours: Uint8Array): void;
  /** A {@link PointState} for each point. */
  mark(states: Uint8Array): void;
  paint(frame: MapFrame): void;
  dispose(): void;
}

/** Radius of points: smaller where there are many, larger as one comes nearer. */
export function pointRadius(count: number, magnification: number): number {
  const far = Math.min(4, Math.max(1.25, 90 / Math.sqrt(Math.max(1, count))));
  return Math.min(7, far * Math.max(1, magnification) ** 0.28);
}
