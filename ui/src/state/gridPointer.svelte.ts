import { touching } from '../lib/layout';
import { targetsOf, type Order, type Selection } from '../lib/selection';
import type { App } from './app.svelte';
import type { GridView } from './grid.svelte';
import { RubberBand } from './rubberBand.svelte';

/** Milliseconds that a finger rests until the menu comes. */
const LONG_PRESS = 500;
/** Pixels from the edge at which a rubber band scrolls, and how far at a time. */
const EDGE = 48;

/** What the mouse, a pen or a finger does in the grid. */
export class GridPointer {
  readonly band = new RubberBand();
  #app: App;
  #view: GridView;
  #order: () => Order;
  #viewport: () => HTMLElement | undefined;
  #before: Selection | null = null;
  #toggle = false;
  #drawn = false;
  #press: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App, view: GridView, order: () => Order, viewport: () => HTMLElement | undefined) {
    this.#app = app;
    this.#view = view;
    this.#order = order;
    this.#viewport = viewport;
  }

  /** Index of the photo whose cell an event came from. */
  indexOf(target: EventTarget | null): number | null {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
    return cell ? Number(cell.dataset.index) : null;
  }

  down = (event: PointerEvent) => {
    this.#drawn = false;
    const index = this.indexOf(event.target);
    if (event.pointerType === 'touch' && index !== null) {
      this.#press = setTimeout(() => this.#menu(index, event.clientX, event.clientY), LONG_PRESS);
      return;
    }
    if (index !== null || event.button !== 0) return;
    this.#before = this.#app.selection.current;
    this.#toggle = event.ctrlKey || event.metaKey || event.shiftKey;
    this.band.begin(this.#at(event));
    this.#viewport()?.setPointerCapture(event.pointerId);
  };

  move = (event: PointerEvent) => {
    if (event.pointerType === 'touch' && Math.hypot(event.movementX, event.movementY) > 4) clearTimeout(this.#press);
    if (!this.band.pending || !this.#before) return;
    this.#scrollAtEdge(event);
    const box = this.band.move(this.#at(event));
    if (box) this.#app.selection.band(this.#before, this.#order(), touching(this.#view.layout, box), this.#toggle);
  };

  up = () => {
    clearTimeout(this.#press);
    if (!this.band.pending) return;
    this.#drawn = this.band.end();
    if (!this.#drawn && !this.#toggle) this.#app.selection.clear();
  };

  cancel = () => {
    clearTimeout(this.#press);
    this.band.end();
  };

  click = (event: MouseEvent) => {
    const index = this.indexOf(event.target);
    if (index === null || this.#drawn) return;
    const onTick = event.target instanceof Element && event.target.closest('[data-tick]') !== null;
    const toggle = event.ctrlKey || event.metaKey || onTick;
    this.#app.selection.choose(this.#order(), index, { range: event.shiftKey, toggle });
  };

  doubleClick = (event: MouseEvent) => {
    const id = this.#order()[this.indexOf(event.target) ?? -1];
    if (id !== undefined) this.#app.openViewer(id);
  };

  contextMenu = (event: MouseEvent) => {
    const index = this.indexOf(event.target);
    if (index === null) return;
    event.preventDefault();
    this.#menu(index, event.clientX, event.clientY);
  };

  /** Photos dragged out of the window go to other programs as files: the system does the dragging. */
  dragStart = (event: DragEvent) => {
    event.preventDefault();
    const id = this.#order()[this.indexOf(event.target) ?? -1];
    if (id === undefined) return;
    const ids = targetsOf(this.#app.selection.current, this.#order(), id);
    void this.#app.toasts.attempt(() => this.#app.host.startDrag(ids));
  };

  #menu(index: number, x: number, y: number) {
    const id = this.#order()[index];
    if (id === undefined) return;
    const { selection, menu } = this.#app;
    selection.active = index;
    menu.open({ ids: targetsOf(selection.current, this.#order(), id), id, x, y });
  }

  #at(event: PointerEvent): { x: number; y: number } {
    const viewport = this.#viewport();
    const box = viewport?.firstElementChild?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  }

  #scrollAtEdge(event: PointerEvent) {
    const viewport = this.#viewport();
    if (!viewport) return;
    const box = viewport.getBoundingClientRect();
    if (event.clientY > box.bottom - EDGE) viewport.scrollTop += EDGE / 2;
    else if (event.clientY < box.top + EDGE) viewport.scrollTop -= EDGE / 2;
  }
}
