/** Which photos are selected, by id, and where a range begins. Never changed, always replaced. */
export interface Selection {
  readonly ids: ReadonlySet<number>;
  /** Index where ranges begin; -1 before anything was chosen. */
  readonly anchor: number;
}

export const nothingSelected: Selection = { ids: new Set(), anchor: -1 };

/** Ids in the order of the grid. */
export type Order = ArrayLike<number>;

/** What a click or key does to the selection. */
export interface Modifiers {
  /** Extends from the anchor. */
  range: boolean;
  /** Leaves the rest as it is. */
  toggle: boolean;
}

/** A click on the photo at `index`. */
export function choose(selection: Selection, order: Order, index: number, { range, toggle }: Modifiers): Selection {
  const id = order[index];
  if (id === undefined) return selection;
  if (range && selection.anchor >= 0) {
    const ids = new Set(toggle ? selection.ids : []);
    const [from, to] = selection.anchor < index ? [selection.anchor, index] : [index, selection.anchor];
    for (let at = from; at <= to; at++) ids.add(order[at] ?? id);
    return { ids, anchor: selection.anchor };
  }
  if (!toggle) return { ids: new Set([id]), anchor: index };
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: index };
}

/** A rubber band over the photos at `indices`; `before` is what was selected when it began. */
export function chooseBand(before: Selection, order: Order, indices: readonly number[], toggle: boolean): Selection {
  const ids = new Set(toggle ? before.ids : []);
  for (const index of indices) {
    const id = order[index];
    if (id === undefined) continue;
    if (toggle && before.ids.has(id)) ids.delete(id);
    else ids.add(id);
  }
  return { ids, anchor: indices[0] ?? before.anchor };
}

/** Everything. */
export function chooseAll(order: Order): Selection {
  return { ids: new Set(Array.from(order)), anchor: order.length > 0 ? 0 : -1 };
}

/** Photos by id, wherever they are shown; `add` keeps what is selected. */
export function chooseIds(selection: Selection, ids: Iterable<number>, add: boolean): Selection {
  return { ids: new Set([...(add ? selection.ids : []), ...ids]), anchor: -1 };
}

/** Selects a photo, or does so no more. */
export function toggleId(selection: Selection, id: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: -1 };
}

/** What is left when the photos shown have changed: those that are still there. */
export function keepExisting(selection: Selection, order: Order): Selection {
  if (selection.ids.size === 0) return nothingSelected;
  const ids = new Set<number>();
  for (let index = 0; index < order.length; index++) {
    const id = order[index];
    if (id !== undefined && selection.ids.has(id)) ids.add(id);
  }
  return ids.size === 0 ? nothingSelected : { ids, anchor: -1 };
}

/** The photos that a menu opened on `id` is about: the selection when it is part of it, itself otherwise. */
export function targetsOf(selection: Selection, order: Order, id: number): number[] {
  if (!selection.ids.has(id)) return [id];
  return Array.from(order).filter((other) => selection.ids.has(other));
}
