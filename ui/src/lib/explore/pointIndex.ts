import KDBush from 'kdbush';
import type { Bounds, Point } from './camera';
import { isInside } from './lasso';

/** Finds photos of a map by where they are. */
export class PointIndex {
  readonly #x: Float32Array;
  readonly #y: Float32Array;
  readonly #tree: KDBush | null;

  constructor(x: Float32Array, y: Float32Array) {
    this.#x = x;
    this.#y = y;
    if (x.length === 0) {
      this.#tree = null;
      return;
    }
    const tree = new KDBush(x.length, 64, Float32Array);
    for (let index = 0; index < x.length; index++) tree.add(x[index] ?? 0, y[index] ?? 0);
    this.#tree = tree.finish();
  }

  within({ minX, minY, maxX, maxY }: Bounds): number[] {
    return this.#tree?.range(minX, minY, maxX, maxY) ?? [];
  }

  /** The nearest photo that `counts`, at most `radius` away; null for none. */
  nearest(x: number, y: number, radius: number, counts: (index: number) => boolean): number | null {
    let nearest: number | null = null;
    let least = Infinity;
    for (const index of this.#tree?.within(x, y, radius) ?? []) {
      const distance = ((this.#x[index] ?? 0) - x) ** 2 + ((this.#y[index] ?? 0) - y) ** 2;
      if (distance < least && counts(index)) {
        nearest = index;
        least = distance;
      }
    }
    return nearest;
  }

  /** The photos that a line drawn around them encloses. */
  inPolygon(polygon: readonly Point[]): number[] {
    if (polygon.length < 3) return [];
    const xs = polygon.map(({ x }) => x);
    const ys = polygon.map(({ y }) => y);
    const bounds = { minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) };
    return this.within(bounds).filter((index) => isInside(polygon, this.#x[index] ?? 0, this.#y[index] ?? 0));
  }
}
