import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toFrame } from '../lib/explore/camera';
import { MemoryHost } from '../testing/memoryHost';
import { App } from './app.svelte';
import { handleMapKey, pointAtMiddle } from './mapKeyboard';
import { MapPointer } from './mapPointer';
import { MapThumbs } from './mapThumbs.svelte';

let app: App;
let thumbs: MapThumbs;
let pointer: MapPointer;
const frame = { width: 800, height: 600 };
const stage = { setPointerCapture: () => undefined, getBoundingClientRect: () => ({ left: 0, top: 0, ...frame }) };

function event(x: number, y: number, changes: object = {}) {
  const nothing = { preventDefault: () => undefined, stopPropagation: () => undefined };
  const at = { clientX: x, clientY: y, pointerId: 1, button: 0, pointerType: 'mouse', currentTarget: stage };
  return { ...nothing, ...at, ...changes } as unknown as PointerEvent & WheelEvent;
}

function key(name: string, changes: object = {}) {
  const pressed = { key: name, code: '', preventDefault: vi.fn(), stopPropagation: vi.fn(), currentTarget: stage };
  handleMapKey(app, { ...pressed, ...changes } as unknown as KeyboardEvent);
  return pressed.preventDefault.mock.calls.length > 0;
}

/** Where a photo is in the frame. */
function placeOf(id: number) {
  const { placed, camera } = app.explore.map;
  const index = placed.places.get(id) ?? -1;
  return toFrame(camera, frame, placed.map.x[index] ?? NaN, placed.map.y[index] ?? NaN);
}

function drag(points: [number, number][], changes: object = {}) {
  const [first, ...others] = points;
  if (!first) return;
  pointer.down(event(...first, changes));
  for (const point of others) pointer.move(event(...point, changes));
  pointer.up(event(...(others.at(-1) ?? first), changes));
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal('document', { activeElement: null });
  vi.stubGlobal('HTMLElement', Object);
  const host = new MemoryHost();
  host.photos = [1, 2, 3, 4].map((id) => ({ id, time: Date.UTC(2024, 0, id) }));
  host.places = [
    { id: 1, x: -0.5, y: -0.5 },
    { id: 2, x: 0.5, y: -0.5 },
    { id: 3, x: 0.5, y: 0.5 },
    { id: 4, x: 0, y: 0 },
  ];
  app = new App(host);
  await app.prepare();
  await app.load();
  app.page = 'map';
  app.explore.map.calm = true;
  app.explore.map.resize(frame);
  await app.explore.map.look();
  thumbs = new MapThumbs(app);
  pointer = new MapPointer(app, thumbs);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the mouse on the map', () => {
  it('points at the photo beside it, and at nothing far from all', () => {
    const { x, y } = placeOf(2);
    pointer.move(event(x + 8, y - 5));
    expect(app.explore.map.idAt(app.explore.map.pointed)).toBe(2);
    pointer.move(event(x + 60, y));
    expect(app.explore.map.pointed).toBeNull();
  });

  it('selects by a click, adds by Ctrl, and clears beside all photos', () => {
    const [one, two] = [placeOf(1), placeOf(2)];
    drag([[one.x, one.y]]);
    expect(app.selected()).toEqual([1]);
    drag([[two.x, two.y]], { ctrlKey: true });
    expect(app.selected()).toEqual([1, 2]);
    drag([[two.x, two.y]], { ctrlKey: true });
    expect(app.selected()).toEqual([1]);
    drag([[10, 590]]);
    expect(app.selected()).toEqual([]);
  });

  it('moves the map by a drag, which selects nothing', () => {
    const before = placeOf(4);
    drag([
      [400, 300],
      [430, 320],
      [460, 340],
    ]);
    expect([placeOf(4).x - before.x, placeOf(4).y - before.y].map(Math.round)).toEqual([60, 40]);
    expect(app.selected()).toEqual([]);
  });

  it('selects what a line encloses, with Shift or the tool', () => {
    const around: [number, number][] = [
      [300, 20],
      [780, 20],
      [780, 580],
      [460, 580],
      [460, 250],
    ];
    drag(around, { shiftKey: true });
    expect(app.selected().sort()).toEqual([2, 3]);
    app.selection.take([1], false);
    app.explore.map.lassoing = true;
    drag(around, { ctrlKey: true });
    expect(app.selected().sort()).toEqual([1, 2, 3]);
    expect([app.explore.map.lassoing, app.explore.map.line]).toEqual([false, []]);
  });

  it('opens by a double click, and zooms beside photos', () => {
    const three = placeOf(3);
    pointer.doubleClick(event(three.x, three.y));
    expect(app.viewer.id).toBe(3);
    app.viewer.close();
    const { scale } = app.explore.map.camera;
    pointer.doubleClick(event(700, 100));
    expect([app.viewer.id, app.explore.map.camera.scale / scale]).toEqual([null, 2]);
  });

  it('zooms by the wheel around itself, and a touchpad moves the map', () => {
    const before = placeOf(2);
    pointer.wheel(event(before.x, before.y, { deltaY: -400, deltaX: 0, deltaMode: 0 }));
    expect(placeOf(2).x).toBeCloseTo(before.x);
    expect(placeOf(4).x).toBeLessThan(300);
    const moved = placeOf(2);
    pointer.wheel(event(0, 0, { deltaY: 10, deltaX: 30, deltaMode: 0 }));
    expect(placeOf(2).x - moved.x).toBeCloseTo(-30);
  });

  it('opens the menu about the photo, or the selection that it is in', () => {
    const one = placeOf(1);
    pointer.contextMenu(event(one.x, one.y, { button: 2 }));
    expect(app.menu.request).toMatchObject({ ids: [1], id: 1 });
    app.menu.request = null;
    app.selection.take([3, 1], false);
    pointer.contextMenu(event(one.x, one.y, { button: 2 }));
    expect(app.menu.request).toMatchObject({ ids: [3, 1], id: 1 });
    app.menu.request = null;
    pointer.contextMenu(event(790, 10, { button: 2 }));
    expect(app.menu.request).toBeNull();
  });

  it('means the thumbnail that it is on, though another point is nearer', () => {
    app.explore.map.zoomBy(1.6);
    thumbs.choose();
    expect(thumbs.chosen.length).toBe(4);
    const one = placeOf(1);
    expect(pointer.indexAt({ x: one.x + thumbs.side / 2 - 1, y: one.y }, 0)).toBe(app.explore.map.placed.places.get(1));
  });

  it('does not find photos of another time', () => {
    app.look.span = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2024, 0, 1) };
    const two = placeOf(2);
    expect(pointer.indexAt(two, 12)).toBeNull();
    thumbs.choose();
    expect(thumbs.chosen.map((index) => app.explore.map.idAt(index))).toEqual([1]);
  });
});

describe('fingers on the map', () => {
  it('zoom by parting', () => {
    const touch = { pointerType: 'touch' };
    const { scale } = app.explore.map.camera;
    pointer.down(event(350, 300, { ...touch, pointerId: 1 }));
    pointer.down(event(450, 300, { ...touch, pointerId: 2 }));
    pointer.move(event(550, 300, { ...touch, pointerId: 2 }));
    expect(app.explore.map.camera.scale / scale).toBeCloseTo(2);
    pointer.up(event(550, 300, { ...touch, pointerId: 2 }));
    pointer.up(event(350, 300, { ...touch, pointerId: 1 }));
    expect(app.selected()).toEqual([]);
  });

  it('open the menu by resting', () => {
    const one = placeOf(1);
    pointer.down(event(one.x, one.y, { pointerType: 'touch' }));
    vi.advanceTimersByTime(600);
    expect(app.menu.request?.id).toBe(1);
  });
});

describe('keys on the map', () => {
  it('act on the photo nearest to the middle', () => {
    pointAtMiddle(app);
    expect(app.explore.map.idAt(app.explore.map.pointed)).toBe(4);
    expect(key(' ')).toBe(true);
    expect(app.selected()).toEqual([4]);
    expect(key('Enter')).toBe(true);
    expect(app.viewer.id).toBe(4);
  });

  it('move the map until another photo is there', () => {
    for (let times = 0; times < 2; times++) for (const name of ['ArrowRight', 'ArrowDown']) key(name);
    expect(app.explore.map.idAt(app.explore.map.pointed)).toBe(3);
    key('F10', { shiftKey: true });
    expect(app.menu.request?.id).toBe(3);
  });

  it('zoom, and show the whole map again', () => {
    const { scale } = app.explore.map.camera;
    key('+');
    expect(app.explore.map.camera.scale / scale).toBeCloseTo(1.4);
    key('0');
    expect(app.explore.map.camera.scale).toBe(scale);
  });

  it('select all that is in sight', () => {
    app.explore.map.zoomBy(4);
    key('a', { ctrlKey: true });
    expect(app.selected()).toEqual([4]);
  });

  it('select all that will be in sight when the map has come to rest', () => {
    app.explore.map.zoomBy(4);
    app.explore.map.calm = false;
    key('0');
    key('a', { ctrlKey: true });
    expect(app.selected().length).toBeGreaterThan(1);
  });

  it('put the line away before they leave the page', () => {
    app.explore.map.lassoing = true;
    expect(key('Escape')).toBe(true);
    expect(app.explore.map.lassoing).toBe(false);
    app.explore.map.pointed = null;
    expect(key('Escape')).toBe(false);
  });

  it('that are for others are left to them', () => {
    app.explore.map.pointed = null;
    expect(['Enter', ' ', 'm', 'Tab', 'x'].map((name) => key(name))).toEqual([false, false, false, false, false]);
    expect(key('ArrowLeft', { altKey: true })).toBe(false);
  });
});
