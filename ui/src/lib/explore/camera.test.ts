import { describe, expect, it } from 'vitest';
import {
  clampCamera,
  inSight,
  magnification,
  onTheWay,
  pan,
  showBounds,
  toFrame,
  toMap,
  wholeMap,
  zoom,
} from './camera';

const frame = { width: 800, height: 600 };
const whole = wholeMap(frame);

describe('the whole map', () => {
  it.each([
    [-1, -1],
    [1, 1],
    [-1, 1],
  ])('has %s, %s in sight', (x, y) => {
    const at = toFrame(whole, frame, x, y);
    expect(at.x).toBeGreaterThan(0);
    expect(at.x).toBeLessThan(frame.width);
    expect(at.y).toBeGreaterThan(0);
    expect(at.y).toBeLessThan(frame.height);
    expect(magnification(whole, frame)).toBe(1);
  });
});

describe('zooming', () => {
  it('keeps the place under the pointer where it is', () => {
    const before = toMap(whole, frame, 300, 200);
    const after = toMap(zoom(whole, frame, 5, 300, 200), frame, 300, 200);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it('ends at the bounds, without a jump', () => {
    const near = zoom(whole, frame, 1e9, 400, 300);
    expect(zoom(near, frame, 2, 100, 100)).toEqual(near);
    expect(magnification(zoom(whole, frame, 1e-9, 400, 300), frame)).toBeCloseTo(0.6);
  });
});

describe('panning', () => {
  it('moves what is in sight by as many pixels', () => {
    const before = toFrame(whole, frame, 0.2, 0.1);
    const after = toFrame(pan(whole, frame, 30, -20), frame, 0.2, 0.1);
    expect([after.x - before.x, after.y - before.y].map(Math.round)).toEqual([30, -20]);
  });

  it('does not lose the photos', () => {
    const far = pan(whole, frame, 1e6, 1e6);
    expect([far.x, far.y]).toEqual([-1.1, -1.1]);
    expect(clampCamera(far, frame)).toEqual(far);
  });
});

describe('a part of the map', () => {
  const part = { minX: 0.1, minY: -0.3, maxX: 0.2, maxY: -0.2 };

  it('is wholly in sight when it is shown', () => {
    const seen = inSight(showBounds(part, frame), frame);
    expect(seen.minX).toBeLessThan(part.minX);
    expect(seen.maxX).toBeGreaterThan(part.maxX);
    expect(seen.minY).toBeLessThan(part.minY);
    expect(seen.maxY).toBeGreaterThan(part.maxY);
  });

  it('that is a single place is shown with what is around it', () => {
    const camera = showBounds({ minX: 0.5, minY: 0.5, maxX: 0.5, maxY: 0.5 }, frame);
    expect(magnification(camera, frame)).toBeCloseTo(24);
    expect([camera.x, camera.y]).toEqual([0.5, 0.5]);
  });
});

it('the way from one view to another begins and ends with them', () => {
  const to = showBounds({ minX: 0.4, minY: 0.4, maxX: 0.5, maxY: 0.5 }, frame);
  expect(onTheWay(whole, to, 0)).toEqual(whole);
  const end = onTheWay(whole, to, 1);
  for (const key of ['x', 'y', 'scale'] as const) expect(end[key]).toBeCloseTo(to[key]);
  const sideways = onTheWay(whole, { ...whole, x: 0.5 }, 0.5);
  expect(sideways.x).toBeCloseTo(0.25);
});
