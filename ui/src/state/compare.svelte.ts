import { HostError, type Host } from '../host/host';
import type { Answer, PictureSource } from '../host/types';
import { sharedResults } from '../lib/compare';
import { pictureOf } from '../lib/query';
import { nextTicket } from '../lib/tickets';

/** Results in each of the two lists. */
const LENGTH = 60;

/** The same question put to both networks. */
export class CompareState {
  source = $state.raw<PictureSource | null>(null);
  name = $state('');
  meaning = $state.raw<Answer | HostError | null>(null);
  look = $state.raw<Answer | HostError | null>(null);
  /** The photo whose places in both lists are being pointed out. */
  pointed = $state<number | null>(null);
  #host: Host;
  #asking = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  readonly shared = $derived(sharedResults(idsOf(this.meaning), idsOf(this.look)));

  async start(source: PictureSource, name: string) {
    const asking = ++this.#asking;
    this.source = source;
    this.name = name;
    this.meaning = null;
    this.look = null;
    this.pointed = null;
    // One after the other: the host lets a request with a higher ticket end the one before.
    for (const by of ['meaning', 'look'] as const) {
      const result = await this.#ask(source, by);
      if (asking !== this.#asking) return;
      if (by === 'meaning') this.meaning = result;
      else this.look = result;
    }
  }

  async #ask(source: PictureSource, by: 'meaning' | 'look'): Promise<Answer | HostError> {
    try {
      return await this.#host.similar({ ...pictureOf(source), by, offset: 0, limit: LENGTH, ticket: nextTicket() });
    } catch (thrown) {
      return HostError.from(thrown);
    }
  }
}

function idsOf(side: Answer | HostError | null): number[] {
  return side === null || side instanceof HostError ? [] : side.results.map(({ id }) => id);
}
