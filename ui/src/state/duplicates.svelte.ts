import type { Host } from '../host/host';
import type { DuplicateGroup, DuplicatePhoto, Duplicates, ListFormat, Relation } from '../host/types';
import { allButKeepers, ofRelation, relationsIn, spareBytes } from '../lib/explore/duplicates';
import { t } from '../i18n/language.svelte';
import { Exploration } from './exploration.svelte';
import type { ExploreState } from './explore.svelte';
import { nextTicket } from '../lib/tickets';
import type { Toasts } from './toasts.svelte';

/** Groups drawn at first, and more each time the end comes into sight. */
const STEP = 30;

/** Photos of the same picture, in groups. */
export class DuplicatesState {
  readonly exploration: Exploration<Duplicates>;
  /** Only this kind of likeness. */
  relation = $state<Relation | null>(null);
  /** Groups to draw. */
  drawn = $state(STEP);
  /** The two that are looked at side by side. */
  compared = $state.raw<{ keeper: DuplicatePhoto; other: DuplicatePhoto; group: DuplicateGroup } | null>(null);
  saving = $state(false);
  #host: Host;
  #explore: ExploreState;
  #toasts: Toasts;

  constructor(host: Host, explore: ExploreState, toasts: Toasts) {
    this.exploration = new Exploration(host);
    this.#host = host;
    this.#explore = explore;
    this.#toasts = toasts;
  }

  readonly all = $derived.by(() => this.exploration.result?.groups ?? []);
  readonly relations = $derived.by(() => relationsIn(this.all));
  readonly groups = $derived.by(() => ofRelation(this.all, this.relation));
  readonly spare = $derived.by(() => allButKeepers(this.groups));
  readonly bytes = $derived.by(() => spareBytes(this.groups));

  look() {
    const { subject, revision } = this.#explore;
    return this.exploration.ask(subject, revision, (ticket) => this.#host.duplicates(this.#explore.request(ticket)));
  }

  only(relation: Relation | null) {
    this.relation = relation;
    this.drawn = STEP;
  }

  drawMore() {
    if (this.drawn < this.groups.length) this.drawn += STEP;
  }

  compare(group: DuplicateGroup, other: DuplicatePhoto) {
    const keeper = group.photos.find(({ id }) => id === group.keeper);
    if (keeper) this.compared = { keeper, other, group };
  }

  /** To the next or previous photo of the group that is looked at. */
  step(by: 1 | -1) {
    if (!this.compared) return;
    const { group, other, keeper } = this.compared;
    const others = group.photos.filter(({ id }) => id !== group.keeper);
    const at = others.findIndex(({ id }) => id === other.id);
    const next = others[(at + by + others.length) % others.length];
    if (next) this.compared = { group, keeper, other: next };
  }

  async save(format: ListFormat) {
    this.saving = true;
    const path = await this.#toasts.attempt(() =>
      this.#host.saveDuplicates(this.#explore.request(nextTicket()), format),
    );
    this.saving = false;
    if (path) this.#toasts.note(t().listSaved(path));
  }
}
