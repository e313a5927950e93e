import { clampView, fitted, zoomAt, type Size, type View } from '../lib/zoom';

/** Pixels that a key moves an enlarged picture. */
const STEP = 80;

/** How the picture in the viewer is enlarged and moved. */
export class ZoomState {
  view = $state.raw<View>(fitted);
  /** The frame, and the picture as it fits into it. */
  frame = $state.raw<Size>({ width: 0, height: 0 });
  shown = $state.raw<Size>({ width: 0, height: 0 });

  reset() {
    this.view = fitted;
  }

  /** Zooms around a point that is measured from the frame's middle. */
  by(factor: number, x = 0, y = 0) {
    this.view = zoomAt(this.view, factor, x, y, this.shown, this.frame);
  }

  moveBy(dx: number, dy: number) {
    const { scale, x, y } = this.view;
    this.view = clampView({ scale, x: x + dx, y: y + dy }, this.shown, this.frame);
  }

  /** An arrow key shows what lies in its direction. */
  pan(key: string) {
    const [dx, dy] = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key] ?? [0, 0];
    this.moveBy((dx ?? 0) * STEP, (dy ?? 0) * STEP);
  }
}
