import type { PhotoFace } from '../host/types';
import type { Size, View } from './zoom';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Where a face lies in the viewer's frame, in pixels: `shown` is the picture as it fits, which `view` enlarges around its
 * middle and moves. Boxes drawn there keep thin lines and small names, however large the picture is.
 */
export function boxInFrame(
  face: Pick<PhotoFace, 'x' | 'y' | 'width' | 'height'>,
  shown: Size,
  frame: Size,
  view: View,
): Box {
  const width = shown.width * view.scale;
  const height = shown.height * view.scale;
  return {
    left: frame.width / 2 + view.x + (face.x - 0.5) * width,
    top: frame.height / 2 + view.y + (face.y - 0.5) * height,
    width: face.width * width,
    height: face.height * height,
  };
}

/** Faces as one reads them: from left to right; those above each other from the top. */
export function inReadingOrder<T extends Pick<PhotoFace, 'x' | 'y' | 'width'>>(faces: readonly T[]): T[] {
  const middle = ({ x, width }: T) => x + width / 2;
  return [...faces].sort((a, b) => {
    const apart = middle(a) - middle(b);
    return Math.abs(apart) > Math.min(a.width, b.width) / 2 ? apart : a.y - b.y;
  });
}
