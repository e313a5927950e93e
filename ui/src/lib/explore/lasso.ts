import type { Point } from './camera';

/** Whether a point lies within a closed line, by the even-odd rule. */
export function isInside(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  let before = polygon.at(-1);
  for (const corner of polygon) {
    if (before && corner.y > y !== before.y > y) {
      const crossing = corner.x + ((y - corner.y) / (before.y - corner.y)) * (before.x - corner.x);
      if (x < crossing) inside = !inside;
    }
    before = corner;
  }
  return inside;
}

/** A line with one more corner; those nearer than `apart` to the last one are left out. */
export function drawnOn(line: readonly Point[], next: Point, apart: number): readonly Point[] {
  const last = line.at(-1);
  if (last && Math.hypot(next.x - last.x, next.y - last.y) < apart) return line;
  return [...line, next];
}

/** The line as the `points` of an SVG polygon. */
export function svgPoints(line: readonly Point[]): string {
  return line.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
}
