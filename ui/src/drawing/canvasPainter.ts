import { PointState, type MapFrame, type PointPainter } from './painter';

/** Share of a pixel that a point of a state covers, from 0 to 256. */
const COVER = [0, 42, 218, 256, 256];
const GROWTH = [0, 0.8, 1, 1.5, 1.7];

/**
 * Draws the points pixel by pixel, where there is no WebGL: each as a disc into one picture, which is as fast as the
 * processor can write.
 */
export function canvasPainter(canvas: HTMLCanvasElement): PointPainter | null {
  const context = canvas.getContext('2d');
  if (!context) return null;
  let from: Float32Array = new Float32Array(0);
  let to: Float32Array = new Float32Array(0);
  let colours: Uint8Array = new Uint8Array(0);
  let states: Uint8Array = new Uint8Array(0);
  let picture: ImageData | null = null;

  function paint(frame: MapFrame) {
    const { camera, size, pixelRatio, progress, every } = frame;
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
    for (const raised of [false, true]) {
      for (let index = 0; index < states.length; index += raised ? 1 : every) {
        const state = states[index] ?? 0;
        if (state === PointState.hidden || state > PointState.plain !== raised) continue;
        const x = (from[2 * index] ?? 0) + ((to[2 * index] ?? 0) - (from[2 * index] ?? 0)) * progress;
        const y = (from[2 * index + 1] ?? 0) + ((to[2 * index + 1] ?? 0) - (from[2 * index + 1] ?? 0)) * progress;
        const radius = frame.radius * pixelRatio * (GROWTH[state] ?? 1);
        disc(pixels, width, height, width / 2 + (x - camera.x) * scale, height / 2 + (y - camera.y) * scale, radius, {
          fill: colours.subarray(4 * index, 4 * index + 3),
          rim: state === PointState.chosen ? frame.accent : null,
          cover: COVER[state] ?? 256,
        });
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

interface Ink {
  fill: ArrayLike<number>;
  /** Colour of the outer third. */
  rim: ArrayLike<number> | null;
  cover: number;
}

/** A disc with its middle at (x, y), blended over what is there. */
function disc(
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  x: number,
  y: number,
  radius: number,
  { fill, rim, cover }: Ink,
) {
  const top = Math.max(0, Math.ceil(y - radius));
  const bottom = Math.min(height - 1, Math.floor(y + radius));
  if (x + radius < 0 || x - radius > width) return;
  for (let row = top; row <= bottom; row++) {
    const half = Math.sqrt(Math.max(0, radius * radius - (row - y) ** 2));
    const last = Math.min(width - 1, Math.floor(x + half));
    for (let column = Math.max(0, Math.ceil(x - half)); column <= last; column++) {
      const isRim = rim !== null && (row - y) ** 2 + (column - x) ** 2 > (radius * 0.62) ** 2;
      const ink = isRim ? rim : fill;
      const at = 4 * (row * width + column);
      const before = pixels[at + 3] ?? 0;
      const rest = (before * (256 - cover)) >> 8;
      const alpha = Math.min(255, ((255 * cover) >> 8) + rest);
      const share = alpha === 0 ? 0 : ((255 * cover) >> 8) / alpha;
      for (let channel = 0; channel < 3; channel++) {
        const old = pixels[at + channel] ?? 0;
        pixels[at + channel] = old + ((ink[channel] ?? 0) - old) * share;
      }
      pixels[at + 3] = alpha;
    }
  }
}
