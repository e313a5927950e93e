import { HostError, type Host } from '../host/host';
import type { Exploring } from '../host/types';
import { nextTicket } from '../lib/tickets';

/** A question about many photos that takes its time: the answer, how far it is, and how to call it off. */
export class Exploration<T> {
  /** Stays while the same is asked about a library that has changed. */
  result = $state.raw<T | null>(null);
  error = $state.raw<HostError | null>(null);
  progress = $state.raw<Exploring | null>(null);
  busy = $state(false);
  /** The user called it off. */
  stopped = $state(false);
  #host: Host;
  #ticket = 0;
  #subject: string | null = null;
  #revision = -1;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Share that is done, from 0 to 1; null while it cannot be known. */
  readonly share = $derived.by(() => {
    const { progress } = this;
    return progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
  });

  /**
   * Asks, unless the same has been asked already. A question about other photos calls off the one before; one that is
   * being answered goes on when the library changes meanwhile, for it would never end while photos are indexed.
   *
   * @param subject what is asked, as a key
   * @param revision of the library that it is asked about
   */
  async ask(subject: string, revision: number, question: (ticket: number) => Promise<T>): Promise<void> {
    if (subject === this.#subject && (this.busy || this.stopped || revision === this.#revision)) return;
    if (this.busy) void this.#callOff();
    if (subject !== this.#subject) this.result = null;
    this.#subject = subject;
    this.#revision = revision;
    const ticket = nextTicket();
    this.#ticket = ticket;
    this.progress = null;
    this.error = null;
    this.stopped = false;
    this.busy = true;
    try {
      const result = await question(ticket);
      if (ticket !== this.#ticket) return;
      this.result = result;
    } catch (thrown) {
      if (ticket !== this.#ticket) return;
      const error = HostError.from(thrown);
      // By the user, or by the program as it ends: either way it can be asked again.
      if (error.code === 'cancelled' || error.code === 'superseded') this.stopped = true;
      else this.error = error;
    }
    this.busy = false;
    this.progress = null;
  }

  /** Makes the next `ask` ask, though it is the same. */
  forget() {
    this.stopped = false;
    this.#revision = -1;
  }

  handle(event: Exploring) {
    if (this.busy && event.ticket === this.#ticket) this.progress = event;
  }

  cancel() {
    if (this.busy) void this.#callOff();
  }

  async #callOff() {
    await this.#host.cancelExploring(this.#ticket).catch(() => undefined);
  }
}
