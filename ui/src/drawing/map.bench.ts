import { bench, describe, vi } from 'vitest';
import { parsePhotoMap } from '../lib/explore/photoMap';
import { PointIndex } from '../lib/explore/pointIndex';
import { chanceOf, chooseThumbs, thumbSide } from '../lib/explore/thumbs';
import { mapBytes } from '../testing/memoryHost';
import { canvasPainter } from './canvasPainter';
import { pointRadius } from './painter';

const COUNT = 100_000;
const frame = { width: 745, height: 662 };
/** Denser towards the middle, as maps are. */
const near = (index: number) => (chanceOf(index) + chanceOf(index + 1e6) + chanceOf(index + 2e6)) / 1.5 - 1;
const bytes = mapBytes(
  Array.from({ length: COUNT }, (_, index) => ({ id: index + 1, x: near(index), y: near(index + 3e6) })),
);
const map = parsePhotoMap(bytes);
const index = new PointIndex(map.x, map.y);

class Picture {
  readonly data: Uint8ClampedArray;

  constructor(width: number, height: number) {
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}
vi.stubGlobal('ImageData', Picture);
const canvas = { width: 0, height: 0, getContext: () => ({ putImageData: () => undefined }) };
const painter = canvasPainter(canvas as unknown as HTMLCanvasElement);
const places = new Float32Array(2 * COUNT).map((_, at) => (at % 2 ? map.y[at >> 1] : map.x[at >> 1]) ?? 0);
painter?.place(places, places);

describe('a map of 100,000 photos', () => {
  for (const every of [1, 4]) {
    bench(`is drawn without WebGL, one point of ${every}`, () => {
      painter?.paint({
        camera: { x: 0, y: 0, scale: 280 },
        size: frame,
        pixelRatio: 1,
        progress: 1,
        radius: pointRadius(COUNT, 1),
        every,
        accent: [0, 0, 0],
      });
    });
  }
  for (const times of [1, 20, 80]) {
    const camera = { x: 0, y: 0, scale: 280 * times };
    const input = { map, index, camera, frame, side: thumbSide(camera.scale, COUNT), most: 160, kept: [] };
    bench(`has its thumbnails chosen at ${times} times`, () => {
      chooseThumbs({ ...input, counts: () => true, priority: chanceOf });
    });
  }
  bench('is read', () => void parsePhotoMap(bytes));
  bench('is indexed by place', () => void new PointIndex(map.x, map.y));
  bench('is asked what the pointer is on', () => void index.nearest(0.1, 0.1, 12 / 280, () => true));
});
