import type { Host } from '../host/host';
import type { Outliers } from '../host/types';
import { Exploration } from './exploration.svelte';
import type { ExploreState } from './explore.svelte';

/** Photos drawn at first, and more each time the end comes into sight. */
const STEP = 40;

/** Photos unlike the others. */
export class OutliersState {
  readonly exploration: Exploration<Outliers>;
  /** Each photo is compared with those of its own folder. */
  perFolder = $state(false);
  drawn = $state(STEP);
  #host: Host;
  #explore: ExploreState;

  constructor(host: Host, explore: ExploreState) {
    this.exploration = new Exploration(host);
    this.#host = host;
    this.#explore = explore;
  }

  readonly list = $derived.by(() => this.exploration.result?.outliers ?? []);
  /** The highest score, to which the others are drawn in proportion. */
  readonly highest = $derived.by(() => this.list.reduce((most, { score }) => Math.max(most, score), 1));

  look() {
    const { subject, revision } = this.#explore;
    const { perFolder } = this;
    return this.exploration.ask(`${subject} ${perFolder}`, revision, (ticket) =>
      this.#host.outliers({ ...this.#explore.request(ticket), perFolder }),
    );
  }

  compareWith(perFolder: boolean) {
    this.perFolder = perFolder;
    this.drawn = STEP;
    void this.look();
  }

  drawMore() {
    if (this.drawn < this.list.length) this.drawn += STEP;
  }
}
