import { HostError, type Host } from '../host/host';
import type { PhotoDetails } from '../host/types';
import { pictureOf } from '../lib/query';
import { nextTicket } from '../lib/tickets';

/** Photos in the strip below. */
const STRIP = 24;
/** Milliseconds of rest on a photo until what is similar to it is looked for. */
const REST = 250;

/** The photo that fills the window. */
export class ViewerState {
  /** Ids in the order of the grid that it was opened from; null while closed. */
  order = $state.raw<ArrayLike<number> | null>(null);
  index = $state(0);
  details = $state.raw<PhotoDetails | null>(null);
  similar = $state.raw<number[] | null>(null);
  informed = $state(false);
  #host: Host;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  readonly id = $derived(this.order?.[this.index] ?? null);

  open(order: ArrayLike<number>, index: number) {
    this.order = order;
    this.show(index);
  }

  close() {
    clearTimeout(this.#timer);
    this.order = null;
    this.details = null;
    this.similar = null;
  }

  step(by: number) {
    if (this.order) this.show(Math.min(this.order.length - 1, Math.max(0, this.index + by)));
  }

  /** Shows a photo that may not be in the order, as those of the strip: it becomes an order of its own. */
  showOther(id: number) {
    const at = this.order ? Array.from(this.order).indexOf(id) : -1;
    if (at >= 0) this.show(at);
    else this.open([id, ...(this.similar ?? []).filter((other) => other !== id)], 0);
  }

  show(index: number) {
    this.index = index;
    this.details = null;
    this.similar = null;
    const id = this.id;
    clearTimeout(this.#timer);
    if (id === null) return;
    void this.#host.photo(id).then(
      (details) => {
        if (this.id === id) this.details = details;
      },
      () => undefined,
    );
    this.#timer = setTimeout(() => void this.#findSimilar(id), REST);
  }

  async #findSimilar(id: number) {
    let ids: number[] = [];
    try {
      const request = { ...pictureOf({ kind: 'photo', id }), by: 'meaning' as const, offset: 0, limit: STRIP + 1 };
      const answer = await this.#host.similar({ ...request, ticket: nextTicket() });
      ids = answer.results.map((match) => match.id).filter((other) => other !== id);
    } catch (thrown) {
      if (HostError.from(thrown).code === 'superseded') return;
    }
    if (this.id === id) this.similar = ids.slice(0, STRIP);
  }
}
