import type { Host } from '../host/host';
import type { PersonDetails } from '../host/types';
import { HostError } from '../host/host';
import { facesByPhoto } from '../lib/people';
import { pickFrom } from '../lib/timeline';
import type { LibraryState } from './library.svelte';
import type { PeopleState } from './people.svelte';

/** One person's page. */
export class PersonState {
  id = $state<number | null>(null);
  details = $state.raw<PersonDetails | null>(null);
  /** Photos whose faces are said to be somebody else's: it is being asked, whose. */
  splitting = $state.raw<readonly number[] | null>(null);
  /** Grows when another person is opened. */
  generation = $state(0);
  #host: Host;
  #people: PeopleState;
  #library: LibraryState;
  #gone: () => void;

  /** `gone` is called when there is no such person any more. */
  constructor(host: Host, people: PeopleState, library: LibraryState, gone: () => void) {
    this.#host = host;
    this.#people = people;
    this.#library = library;
    this.#gone = gone;
  }

  readonly person = $derived(this.details?.person ?? null);
  readonly faces = $derived(facesByPhoto(this.details?.faces ?? []));
  /** Their photos in the order of the library; the id, once the library knows them. */
  readonly photos = $derived.by(() => {
    const { places, timeline } = this.#library;
    const at = [...this.faces.keys()].flatMap((id) => places.get(id) ?? []);
    return pickFrom(
      timeline,
      at.sort((a, b) => a - b),
    );
  });

  async open(id: number) {
    this.id = id;
    this.details = null;
    this.splitting = null;
    this.generation++;
    await this.refresh();
  }

  close() {
    this.id = null;
    this.details = null;
    this.splitting = null;
  }

  async refresh() {
    const { id } = this;
    if (id === null) return;
    try {
      const details = await this.#host.person(id);
      if (this.id === id) this.details = details;
    } catch (thrown) {
      if (this.id === id && HostError.from(thrown).code !== 'superseded') this.#gone();
    }
  }

  /** Their faces in some photos. */
  facesIn(photos: readonly number[]): number[] {
    return photos.flatMap((photo) => this.faces.get(photo)?.map(({ id }) => id) ?? []);
  }

  async notThem(photos: readonly number[]) {
    const faces = this.facesIn(photos);
    if (this.id !== null && faces.length > 0) await this.#people.thisIsNot(faces, this.id);
  }

  async cover(photo: number) {
    const [face] = this.facesIn([photo]);
    if (this.id !== null && face !== undefined) await this.#people.cover(this.id, face);
  }

  /** The photos being split off show somebody else: one who is known, one with a new name, or one without. */
  async split(person: number | null, name: string | null) {
    const faces = this.facesIn(this.splitting ?? []);
    this.splitting = null;
    if (this.id === null || faces.length === 0) return;
    if (person === null && name === null) await this.#people.split(this.id, faces);
    else await this.#people.thisIs(faces, person, name);
  }
}
