import {
  choose,
  chooseAll,
  chooseBand,
  chooseIds,
  keepExisting,
  nothingSelected,
  toggleId,
  type Modifiers,
  type Order,
  type Selection,
} from '../lib/selection';

/** Which photos are selected and which one has the focus. */
export class SelectionState {
  current = $state.raw<Selection>(nothingSelected);
  /** Index of the photo that keys act on; the one cell that Tab reaches. */
  active = $state(0);

  readonly size = $derived(this.current.ids.size);

  has(id: number): boolean {
    return this.current.ids.has(id);
  }

  choose(order: Order, index: number, modifiers: Modifiers) {
    this.current = choose(this.current, order, index, modifiers);
    this.active = index;
  }

  chooseAll(order: Order) {
    this.current = chooseAll(order);
  }

  band(before: Selection, order: Order, indices: readonly number[], toggle: boolean) {
    this.current = chooseBand(before, order, indices, toggle);
  }

  /** Selects photos by id, wherever they are shown; `add` keeps what is selected. */
  take(ids: Iterable<number>, add: boolean) {
    this.current = chooseIds(this.current, ids, add);
  }

  toggle(id: number) {
    this.current = toggleId(this.current, id);
  }

  clear() {
    this.current = nothingSelected;
  }

  /** After the photos shown have changed. */
  keep(order: Order) {
    if (this.current.ids.size > 0) this.current = keepExisting(this.current, order);
    this.active = Math.max(0, Math.min(this.active, order.length - 1));
  }
}
