import type { Alignment } from '../lib/explore/duplicates';
import { fit, type Size } from '../lib/zoom';

/** Draws a picture to fill a frame of the size of another, laid over it as the alignment says. */
function drawAligned(
  context: CanvasRenderingContext2D,
  picture: CanvasImageSource,
  size: Size,
  { mirrored, quarters }: Alignment,
) {
  const isSideways = quarters % 2 === 1;
  const [width, height] = isSideways ? [size.height, size.width] : [size.width, size.height];
  context.save();
  context.translate(size.width / 2, size.height / 2);
  context.rotate((quarters * Math.PI) / 2);
  if (mirrored) context.scale(-1, 1);
  context.drawImage(picture, -width / 2, -height / 2, width, height);
  context.restore();
}

/**
 * Draws where two pictures differ: black where they are the same, the brighter the more they differ.
 *
 * By the canvas's own arithmetic alone, for pixels of pictures that come from the program must not be read by the page.
 *
 * @param gain how many times differences are made stronger; a power of two
 */
export function drawDifference(
  canvas: HTMLCanvasElement,
  keeper: HTMLImageElement,
  other: HTMLImageElement,
  alignment: Alignment,
  gain: number,
) {
  const context = canvas.getContext('2d');
  const size = fit({ width: keeper.naturalWidth, height: keeper.naturalHeight }, { width: 1024, height: 1024 });
  if (!context || size.width === 0) return;
  canvas.width = Math.round(size.width);
  canvas.height = Math.round(size.height);
  context.globalCompositeOperation = 'source-over';
  context.drawImage(keeper, 0, 0, size.width, size.height);
  context.globalCompositeOperation = 'difference';
  drawAligned(context, other, size, alignment);
  context.globalCompositeOperation = 'lighter';
  for (let times = 1; times < gain; times *= 2) context.drawImage(canvas, 0, 0);
}
