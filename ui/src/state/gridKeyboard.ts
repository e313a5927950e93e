import { moveBy } from '../lib/gridKeys';
import { boxOf } from '../lib/layout';
import { targetsOf, type Order } from '../lib/selection';
import type { App } from './app.svelte';
import type { GridView } from './grid.svelte';
import { letterOf, photoAction } from './keys';

/** What keys do in the grid. `focusOn` brings a photo into sight and gives it the focus. */
export function handleGridKey(
  app: App,
  view: GridView,
  order: Order,
  event: KeyboardEvent,
  focusOn: (index: number) => void,
) {
  const { selection } = app;
  const index = selection.active;
  const id = order[index];
  if (id === undefined || event.altKey) return;
  const command = event.ctrlKey || event.metaKey;
  const targets = () => targetsOf(selection.current, order, id);
  const to =
    command && !['Home', 'End'].includes(event.key) ? null : moveBy(event.key, view.layout, index, view.height);

  if (to !== null) {
    if (event.shiftKey) {
      if (selection.current.anchor < 0) selection.choose(order, index, { range: false, toggle: true });
      selection.choose(order, to, { range: true, toggle: false });
    }
    focusOn(to);
  } else if (event.key === 'Enter') {
    app.openViewer(id);
  } else if (event.key === ' ') {
    selection.choose(order, index, { range: event.shiftKey, toggle: !event.shiftKey });
  } else if (command && event.key.toLowerCase() === 'a') {
    selection.chooseAll(order);
  } else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
    const box = boxOf(view.layout, index);
    const cell = event.target instanceof Element ? event.target.getBoundingClientRect() : null;
    const x = (cell?.left ?? 0) + Math.min(24, box.width / 2);
    app.menu.open({ ids: targets(), id, x, y: (cell?.top ?? 0) + Math.min(24, box.height / 2) });
  } else if (app.page === 'person' && !command && (event.key === 'Delete' || letterOf(event) === 'x')) {
    const theirs = targets();
    selection.clear();
    // The photo goes; the one that takes its place has the focus.
    void app.person.notThem(theirs).then(() => {
      if (app.photos.length > 0) focusOn(Math.min(index, app.photos.length - 1));
    });
  } else {
    const action = photoAction(event);
    if (!action) return;
    app.actions.run(action, targets(), id);
  }
  event.preventDefault();
}
