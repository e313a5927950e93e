import { PointState, type MapFrame, type PointPainter } from './painter';

/** Share of a pixel that points of each state cover, from 0 to 256, and their radius beside that of plain ones. */
const COVER = [0, 44, 256, 256, 256];
const GROWTH = [0, 0.8, 1, 1.5, 1.7];
/** Points beyond which edges are not smoothed: there are too many to see it. */
const SMOOTH = 20_000;
/** Share of the radius within which a chosen point has its own colour. */
const INNER = 0.62;

/** A disc in pixels around its middle. */
interface Stamp {
  x: Int16Array;
  y: Int16Array;
  /** Share of each pixel that is covered, from 0 to 256. */
  cover: Uint16Array;
  /** The outer part, which is of another colour for points that are chosen. */
  rim: Uint8Array;
  /** Pixels from the middle to the edge. */
  reach: number;
}

/**
 * Draws the points pixel by pixel into one picture, where there is no WebGL. Most pixels of points that lie over each
 * other are simply replaced, which a processor does fast enough for 100,000 points.
 */
export function canvasPainter(canvas: HTMLCanvasElement): PointPainter | null {
  const context = canvas.getContext('2d');
  if (!context) return null;
  let from: Float32Array = new Float32Array(0);
  let to: Float32Array = new Float32Array(0);
  let colours: Uint8Array = new Uint8Array(0);
  let states: Uint8Array = new Uint8Array(0);
  let picture: ImageData | null = null;

  function paint({ camera, size, pixelRatio, progress, radius, every, accent }: MapFrame) {
    const width = Math.max(1, Math.round(size.width * pixelRatio));
    const height = Math.max(1, Math.round(size.height * pixelRatio));
    if (canvas.width !== width || canvas.height !== height || !picture) {
      canvas.width = width;
      canvas.height = height;
      picture = new ImageData(width, height);
    }
    const pixels = picture.data;
    pixels.fill(0);
    const scale = camera.scale * pixelRatio;
    const isSmooth = states.length <= SMOOTH;
    const stamps = GROWTH.map((growth, state) => stampOf(radius * pixelRatio * growth, COVER[state] ?? 0, isSmooth));
    for (const raised of [false, true]) {
      for (let index = 0; index < states.length; index += raised ? 1 : every) {
        const state = states[index] ?? 0;
        const stamp = stamps[state];
        if (!stamp || state === PointState.hidden || state > PointState.plain !== raised) continue;
        const fromX = from[2 * index] ?? 0;
        const fromY = from[2 * index + 1] ?? 0;
        const x = Math.round(width / 2 + (fromX + ((to[2 * index] ?? 0) - fromX) * progress - camera.x) * scale);
        const y = Math.round(height / 2 + (fromY + ((to[2 * index + 1] ?? 0) - fromY) * progress - camera.y) * scale);
        if (x < -stamp.reach || y < -stamp.reach || x > width + stamp.reach || y > height + stamp.reach) continue;
        press(pixels, width, height, x, y, stamp, colours, 4 * index, state === PointState.chosen ? accent : null);
      }
    }
    context?.putImageData(picture, 0, 0);
  }

  return {
    place(begin, end) {
      from = begin;
      to = end;
      colours = new Uint8Array(2 * end.length);
      states = new Uint8Array(end.length / 2).fill(PointState.plain);
    },
    colour: (next) => void (colours = next),
    mark: (next) => void (states = next),
    paint,
    dispose: () => void (picture = null),
  };
}

function stampOf(radius: number, most: number, isSmooth: boolean): Stamp {
  const reach = Math.ceil(radius);
  const dots: [x: number, y: number, cover: number, isRim: number][] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const within = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(x, y)));
      const share = isSmooth ? within : Math.round(within);
      if (share > 0) dots.push([x, y, Math.round(most * share), Math.hypot(x, y) > radius * INNER ? 1 : 0]);
    }
  }
  return {
    x: Int16Array.from(dots, ([x]) => x),
    y: Int16Array.from(dots, ([, y]) => y),
    cover: Uint16Array.from(dots, ([, , cover]) => cover),
    rim: Uint8Array.from(dots, ([, , , isRim]) => isRim),
    reach,
  };
}

/** Blends a stamp over what is there. The colour is the three bytes at `at`, and `rim` that of the outer part. */
function press(
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  x: number,
  y: number,
  stamp: Stamp,
  colours: Uint8Array,
  at: number,
  rim: ArrayLike<number> | null,
) {
  for (let dot = 0; dot < stamp.cover.length; dot++) {
    const column = x + (stamp.x[dot] ?? 0);
    const row = y + (stamp.y[dot] ?? 0);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const to = 4 * (row * width + column);
    const cover = stamp.cover[dot] ?? 0;
    const ink = rim && stamp.rim[dot] ? rim : colours;
    const first = ink === rim ? 0 : at;
    const before = pixels[to + 3] ?? 0;
    const after = cover + ((before * (256 - cover)) >> 8);
    const share = cover >= 256 || after === 0 ? 1 : cover / after;
    for (let channel = 0; channel < 3; channel++) {
      const old = share === 1 ? 0 : (pixels[to + channel] ?? 0);
      const fresh = ink[first + channel] ?? 0;
      pixels[to + channel] = share === 1 ? fresh : old + (fresh - old) * share;
    }
    pixels[to + 3] = Math.min(255, after);
  }
}
