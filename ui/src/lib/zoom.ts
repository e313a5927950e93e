/** How a picture lies in the viewer: its middle moved by (x, y) pixels, and `scale` times the size that fits. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const fitted: View = { scale: 1, x: 0, y: 0 };
const LARGEST = 16;

/** Size of a picture that is scaled to lie within a frame; small ones are not enlarged beyond `upTo` times their size. */
export function fit(picture: Size, frame: Size, upTo = 1): Size {
  if (picture.width <= 0 || picture.height <= 0) return { width: 0, height: 0 };
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height, upTo);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Keeps a picture over the frame: no edge comes further in than it must. */
export function clampView(view: View, shown: Size, frame: Size): View {
  const scale = Math.min(LARGEST, Math.max(1, view.scale));
  const room = (side: number, of: number) => Math.max(0, (side * scale - of) / 2);
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value)) || 0;
  return {
    scale,
    x: within(view.x, room(shown.width, frame.width)),
    y: within(view.y, room(shown.height, frame.height)),
  };
}

/** Zooms by `factor` so that the point at (x, y), measured from the frame's middle, stays where it is. */
export function zoomAt(view: View, factor: number, x: number, y: number, shown: Size, frame: Size): View {
  const scale = Math.min(LARGEST, Math.max(1, view.scale * factor));
  const ratio = scale / view.scale;
  return clampView({ scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio }, shown, frame);
}
