import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canvasPainter } from './canvasPainter';
import { Pace } from './pace';
import { pointRadius, PointState } from './painter';

class Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(4 * width * height);
  }
}

let shown: Picture | null = null;
const canvas = { width: 0, height: 0, getContext: () => ({ putImageData: (picture: Picture) => (shown = picture) }) };
const at = (x: number, y: number) => [...(shown?.data.subarray(4 * (y * 100 + x), 4 * (y * 100 + x) + 4) ?? [])];
const frame = {
  camera: { x: 0, y: 0, scale: 50 },
  size: { width: 100, height: 100 },
  pixelRatio: 1,
  progress: 1,
  radius: 3,
  every: 1,
  accent: [9, 9, 9] as const,
};

describe('points drawn without WebGL', () => {
  beforeEach(() => {
    vi.stubGlobal('ImageData', Picture);
    shown = null;
  });
  afterEach(() => vi.unstubAllGlobals());

  const painterOf = (to: number[], from = to) => {
    const painter = canvasPainter(canvas as unknown as HTMLCanvasElement);
    if (!painter) throw new Error('no painter');
    painter.place(Float32Array.from(from), Float32Array.from(to));
    painter.colour(Uint8Array.from({ length: 2 * to.length }, (_, index) => [200, 100, 50, 255][index % 4] ?? 0));
    return painter;
  };

  it('lie where they are, and nowhere else', () => {
    painterOf([0.5, -0.5]).paint(frame);
    expect(at(75, 25)).toEqual([200, 100, 50, 255]);
    expect(at(50, 50)).toEqual([0, 0, 0, 0]);
  });

  it('lie between where they come from and where they go', () => {
    painterOf([0.5, 0], [-0.5, 0]).paint({ ...frame, progress: 0.5 });
    expect(at(50, 50)).toEqual([200, 100, 50, 255]);
    expect(at(75, 50)[3]).toBe(0);
  });

  it('are left out when hidden, pale when dim, and ringed when chosen', () => {
    const painter = painterOf([-0.5, 0, 0, 0, 0.5, 0]);
    painter.mark(Uint8Array.of(PointState.hidden, PointState.dim, PointState.chosen));
    painter.paint(frame);
    expect(at(25, 50)[3]).toBe(0);
    expect(at(50, 50)[3]).toBeLessThan(80);
    expect(at(75, 50)).toEqual([200, 100, 50, 255]);
    expect(at(75, 46).slice(0, 3)).toEqual([9, 9, 9]);
  });

  it('that are lit lie above the others', () => {
    const painter = painterOf([0, 0, 0, 0]);
    painter.colour(Uint8Array.of(1, 1, 1, 255, 2, 2, 2, 255));
    painter.mark(Uint8Array.of(PointState.lit, PointState.plain));
    painter.paint(frame);
    expect(at(50, 50)[0]).toBe(1);
  });

  it('are drawn in part while the map moves, but those that are lit always', () => {
    const painter = painterOf([-0.5, 0, 0, 0, 0.5, 0]);
    painter.mark(Uint8Array.of(PointState.plain, PointState.plain, PointState.lit));
    painter.paint({ ...frame, every: 5 });
    expect([at(25, 50)[3], at(50, 50)[3], at(75, 50)[3]]).toEqual([255, 0, 255]);
  });

  it('at the edge and beyond do not come in on the other side', () => {
    painterOf([1, 0, 40, 40, -40, 0]).paint(frame);
    expect(at(99, 50)[3]).toBeGreaterThan(0);
    expect(at(0, 50)[3]).toBe(0);
    expect(at(0, 51)[3]).toBe(0);
  });
});

describe('the pace', () => {
  const run = (pace: Pace, span: number, frames: number, from = 0) => {
    for (let frame = 0; frame < frames; frame++) pace.frame(from + frame * span);
  };

  it('draws all points where the machine keeps up', () => {
    const pace = new Pace();
    run(pace, 16.6, 60);
    expect([pace.every, pace.isHopeless]).toEqual([1, false]);
  });

  it('draws fewer where it does not, and more again when it can', () => {
    const pace = new Pace();
    run(pace, 50, 12);
    expect(pace.every).toBeGreaterThan(2);
    run(pace, 16.6, 120, 1e6);
    expect(pace.every).toBe(1);
  });

  it('leaves none out where there are few', () => {
    const pace = new Pace();
    run(pace, 50, 60);
    expect([18, 5999, 6000].map((count) => pace.everyOf(count))).toEqual([1, 1, 2]);
    expect(pace.everyOf(100_000)).toBe(pace.every);
  });

  it('gives up a way of drawing that is slow whatever is left out', () => {
    const pace = new Pace();
    run(pace, 120, 60);
    expect(pace.isHopeless).toBe(true);
    pace.reset();
    expect([pace.every, pace.isHopeless]).toEqual([1, false]);
  });

  it('does not take a pause for a slow frame', () => {
    const pace = new Pace();
    for (let time = 0; time < 30; time++) pace.frame(time * 5000);
    expect(pace.every).toBe(1);
  });
});

it('points are smaller where there are many, and larger nearby', () => {
  expect(pointRadius(100, 1)).toBe(4);
  expect(pointRadius(100_000, 1)).toBe(1.25);
  expect(pointRadius(100_000, 50)).toBeGreaterThan(pointRadius(100_000, 1));
  expect(pointRadius(1, 1e6)).toBeLessThanOrEqual(7);
});
