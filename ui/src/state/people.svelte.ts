import { HostError, type Host } from '../host/host';
import type { PeopleStatus, Person } from '../host/types';
import { t } from '../i18n/language.svelte';
import { sameName } from '../lib/names';
import { groupPeople, mergeOrder, peopleById } from '../lib/people';
import type { PersonChip } from '../lib/query';
import type { Toasts } from './toasts.svelte';

/** Milliseconds between two looks while faces are being found. */
const LOOK_AGAIN_AFTER = 1500;

/** What has to be asked before two people become one. */
export type MergeQuestion =
  /** Both have the same name now. */
  | { kind: 'same-name'; into: Person; from: Person; name: string }
  /** They have different names, of which one is lost. */
  | { kind: 'two-names'; into: Person; from: Person };

/** The menu of a person, and where it was asked for. */
export interface PersonMenuRequest {
  person: Person;
  x: number;
  y: number;
}

export interface PeopleListeners {
  /** People are not what they were: what shows some of them asks again. */
  changed: () => Promise<void>;
  /** The people with the ids `from` are part of the one with the id `into` now. */
  merged: (into: number, from: readonly number[]) => void;
}

/** The people in the photos, and what the user decides about them. Each decision can be taken back. */
export class PeopleState {
  status = $state.raw<PeopleStatus | null>(null);
  list = $state.raw<Person[]>([]);
  question = $state.raw<MergeQuestion | null>(null);
  /** The person for whom another one is being picked, to become one with. */
  merging = $state.raw<Person | null>(null);
  /** Id of the person whose name is being written. */
  renaming = $state<number | null>(null);
  menu = $state.raw<PersonMenuRequest | null>(null);
  #host: Host;
  #toasts: Toasts;
  #listeners: PeopleListeners;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #offered: number | null = null;
  #return: HTMLElement | null = null;

  constructor(host: Host, toasts: Toasts, listeners: PeopleListeners) {
    this.#host = host;
    this.#toasts = toasts;
    this.#listeners = listeners;
  }

  readonly on = $derived(this.status?.state === 'on');
  readonly groups = $derived(groupPeople(this.list));
  readonly byId = $derived(peopleById(this.list));
  /** Faces are still to be looked for in some photos. */
  readonly finding = $derived(this.on && (this.status?.photosToSee ?? 0) > 0);
  /** Faces that somebody could be asked about. */
  readonly suggestions = $derived(
    this.list.reduce((sum, { hidden, suggestions }) => sum + (hidden ? 0 : suggestions), 0),
  );

  /** Somebody as a chip of the query bar. */
  chip({ name, without }: { name: string; without: boolean }): PersonChip {
    const person = this.list.find((other) => sameName(other.name, name));
    return { name: person?.name ?? name, cover: person?.cover ?? null, without };
  }

  async load() {
    try {
      const status = await this.#host.peopleStatus();
      this.list = status.state === 'on' ? await this.#host.people() : [];
      this.status = status;
    } catch (thrown) {
      // Before the first folder there is nobody to ask.
      if (HostError.from(thrown).code !== 'no-library') this.#toasts.error(thrown);
    }
    await this.#listeners.changed();
  }

  /** The library has changed. While faces are being found it does so all the time, so it is looked at now and then. */
  again() {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, LOOK_AGAIN_AFTER);
  }

  async turn(on: boolean) {
    await this.#toasts.attempt(() => this.#host.setPeople(on));
    await this.load();
  }

  async erase() {
    const erased = await this.#toasts.attempt(() => this.#host.erasePeople());
    if (erased) this.#toasts.note(t().peopleErased);
    await this.load();
  }

  /** Gives a name, or takes it away. */
  async rename(id: number, name: string | null) {
    const before = this.byId.get(id);
    const wanted = name?.trim() || null;
    if (before && before.name === wanted) return;
    const named = await this.decide(wanted === null ? t().saidUnnamed : t().saidNamed(wanted), () =>
      this.#host.namePerson(id, wanted),
    );
    const into = this.byId.get(named?.sameName ?? -1);
    const from = this.byId.get(named?.person ?? -1);
    if (into && from && wanted !== null) this.question = { kind: 'same-name', into, from, name: wanted };
  }

  /** Makes one person of two, after a question where a name would be lost. */
  async merge(one: Person, other: Person) {
    const { into, from } = mergeOrder(one, other);
    if (into.id === from.id) return;
    if (into.name !== null && from.name !== null) this.question = { kind: 'two-names', into, from };
    else await this.#merge(into, from);
  }

  /** The answer to the question. */
  async answer(merge: boolean) {
    const { question } = this;
    this.question = null;
    if (merge && question) await this.#merge(question.into, question.from);
  }

  hide(person: Person, hidden: boolean) {
    const name = person.name ?? t().somebody;
    return this.decide(hidden ? t().saidHidden(name) : t().saidShown(name), () =>
      this.#host.hidePerson(person.id, hidden),
    );
  }

  cover(id: number, face: number) {
    return this.decide(t().saidCover, () => this.#host.setCover(id, face));
  }

  /** New person of some faces of another. */
  split(id: number, faces: number[]) {
    return this.decide(t().saidSplit, () => this.#host.splitPerson(id, faces));
  }

  /** The faces are somebody's: of a person who is known, or of one with a name. */
  thisIs(faces: number[], person: number | null, name: string | null) {
    const who = name ?? this.byId.get(person ?? -1)?.name ?? t().somebody;
    return this.decide(t().saidThisIs(who), () => this.#host.thisIs(faces, person, name));
  }

  thisIsNot(faces: number[], person: number) {
    const who = this.byId.get(person)?.name ?? t().somebody;
    return this.decide(t().saidThisIsNot(who, faces.length), () => this.#host.thisIsNot(faces, person));
  }

  notFaces(faces: number[]) {
    return this.decide(t().saidNotFace, () => this.#host.notFaces(faces));
  }

  /** Carries a decision out, says so, and offers to take it back. */
  async decide<T>(said: string, action: () => Promise<T>): Promise<T | undefined> {
    const done = await this.#toasts.attempt(async () => ({ value: await action() }));
    if (!done) return undefined;
    this.withdraw();
    this.#offered = this.#toasts.note(said, { label: t().undo, run: () => void this.undo() });
    await this.load();
    return done.value;
  }

  /** Takes the last decision back. */
  async undo() {
    this.withdraw();
    this.question = null;
    const kind = await this.#toasts.attempt(() => this.#host.undoPeople());
    if (kind === undefined) return;
    this.#toasts.note(kind === null ? t().nothingToUndo : (t().undone[kind] ?? t().undoneOther));
    await this.load();
  }

  /** Only the last decision can be taken back, so the offer to do so goes with the next one. */
  withdraw() {
    if (this.#offered !== null) this.#toasts.dismiss(this.#offered);
    this.#offered = null;
  }

  openMenu(person: Person, x: number, y: number) {
    this.#return = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.menu = { person, x, y };
  }

  /** Closes it; the focus goes back to where it was. */
  closeMenu() {
    this.menu = null;
    this.#return?.focus({ preventScroll: true });
    this.#return = null;
  }

  async #merge(into: Person, from: Person) {
    await this.decide(t().saidMerged(into.name ?? t().somebody), async () => {
      await this.#host.mergePeople(into.id, [from.id]);
      this.#listeners.merged(into.id, [from.id]);
    });
  }
}
