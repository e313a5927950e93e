import { inSight, toMap } from '../lib/explore/camera';
import type { App } from './app.svelte';
import { photoAction } from './keys';

/** Pixels that an arrow key moves the map. */
const STEP = 96;
/** Pixels from the middle within which the nearest photo is the one that keys act on. */
const REACH = 160;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

/** Points at the photo nearest to the middle of the map. */
export function pointAtMiddle(app: App) {
  const { map } = app.explore;
  const { camera, frame, placed } = map;
  const middle = toMap(camera, frame, frame.width / 2, frame.height / 2);
  map.pointed = placed.index.nearest(middle.x, middle.y, REACH / camera.scale, (index) => app.look.isShown(index));
}

/** What keys do on the map. They act on the photo that is pointed at: the one nearest to the middle. */
export function handleMapKey(app: App, event: KeyboardEvent) {
  const { map } = app.explore;
  const { selection } = app;
  if (event.altKey) return;
  const id = map.idAt(map.pointed);
  const command = event.ctrlKey || event.metaKey;
  const arrow = ARROWS[event.key];

  if (arrow && !command) {
    map.panBy(...arrow);
    pointAtMiddle(app);
  } else if (event.key === '+' || event.key === '=') {
    map.zoomBy(1.4);
    pointAtMiddle(app);
  } else if (event.key === '-') {
    map.zoomBy(1 / 1.4);
    pointAtMiddle(app);
  } else if (event.key === '0' || event.key === 'Home') {
    map.fitAll();
  } else if (command && event.key.toLowerCase() === 'a') {
    const seen = map.placed.index
      .within(inSight(map.destination, map.frame))
      .filter((index) => app.look.isShown(index));
    selection.take(
      seen.map((index) => map.idAt(index) ?? 0),
      event.shiftKey,
    );
  } else if (event.key === 'Escape' && (map.lassoing || map.line.length > 0)) {
    map.lassoing = false;
    map.line = [];
  } else if (id === null) {
    return;
  } else if (event.key === 'Enter') {
    app.openViewer(id);
  } else if (event.key === ' ') {
    selection.toggle(id);
  } else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    app.menu.open({ ids: app.targets(id), id, x: box.left + box.width / 2, y: box.top + box.height / 2 });
  } else {
    const action = photoAction(event);
    if (!action) return;
    app.actions.run(action, app.targets(id), id);
  }
  event.preventDefault();
  event.stopPropagation();
}
