import type { Host } from '../host/host';
import { t } from '../i18n/language.svelte';
import { listNumbers, MOST_GROUPS, peopleToColour } from '../lib/explore/members';
import type { ColourGroup } from './folderGroups.svelte';
import type { PeopleState } from './people.svelte';

/** Ids of a person's photos. */
interface Known {
  person: number;
  photos: readonly number[];
}

/** Photos by who is in them. A photo of several takes the first of them, in the order of the groups. */
export class PersonGroups {
  #known = $state.raw<readonly Known[]>([]);
  #host: Host;
  #people: PeopleState;
  /** The state of the people that the photos were asked for. */
  #asked: unknown = null;
  #looking = false;

  constructor(host: Host, people: PeopleState) {
    this.#host = host;
    this.#people = people;
  }

  readonly #shown = $derived.by(() => (this.#people.on ? peopleToColour(this.#people.groups, MOST_GROUPS) : []));
  readonly #numbers = $derived.by(() => listNumbers(this.#shown.map(({ id }) => this.#photosOf(id))));
  /** The people with a colour, in its order; nobody where people are not looked for. */
  readonly groups = $derived.by((): readonly ColourGroup[] =>
    this.#shown.map(({ name, photos, cover }) => ({ name: name ?? t().unnamed, photos, face: cover })),
  );

  /** Tells the number of the group that a photo is in, by its id; −1 for none. */
  lookup(): (id: number) => number {
    const numbers = this.#numbers;
    return (id) => numbers.get(id) ?? -1;
  }

  /** Finds out who is where, once for each state of the people. What is shown meanwhile is what was known before. */
  async look() {
    if (this.#looking) return;
    this.#looking = true;
    // While faces are being found people change faster than they can be asked about: each round is brought to its end.
    while (this.#asked !== this.#people.list) {
      this.#asked = this.#people.list;
      this.#known = await Promise.all(this.#shown.map(({ id }) => this.#ask(id)));
    }
    this.#looking = false;
  }

  #photosOf(id: number): readonly number[] {
    return this.#known.find(({ person }) => person === id)?.photos ?? [];
  }

  async #ask(person: number): Promise<Known> {
    try {
      const { faces } = await this.#host.person(person);
      return { person, photos: faces.map(({ photo }) => photo) };
    } catch {
      // Somebody who has just become part of another is gone from the next list as well, which is asked about anew.
      return { person, photos: this.#photosOf(person) };
    }
  }
}
