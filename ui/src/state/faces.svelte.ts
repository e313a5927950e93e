import type { Host } from '../host/host';
import type { Person, PhotoFace } from '../host/types';
import { inReadingOrder } from '../lib/faceBoxes';
import { sameName } from '../lib/names';
import type { PeopleState } from './people.svelte';

/** The faces in the photo of the viewer, and the question which of a photo's faces is meant. */
export class FacesState {
  /** Boxes are drawn around them. */
  shown = $state(false);
  /** Those of the photo in the viewer, from left to right. */
  list = $state.raw<PhotoFace[]>([]);
  /** The face whose card is open. */
  chosen = $state<number | null>(null);
  /** A photo with several faces, of which one is to be looked for. */
  choice = $state.raw<{ photo: number; faces: PhotoFace[] } | null>(null);
  #host: Host;
  #people: PeopleState;
  #photo: number | null = null;

  constructor(host: Host, people: PeopleState) {
    this.#host = host;
    this.#people = people;
  }

  readonly card = $derived(this.list.find(({ id }) => id === this.chosen) ?? null);

  /** Shows the faces of another photo, or of none. */
  async look(photo: number | null) {
    if (photo !== this.#photo) {
      this.list = [];
      this.chosen = null;
    }
    this.#photo = photo;
    if (photo === null || !this.#people.on) return;
    const faces = await this.of(photo);
    if (this.#photo === photo) this.list = faces;
  }

  /** Asks again, because somebody was named. */
  refresh() {
    return this.look(this.#photo);
  }

  async of(photo: number): Promise<PhotoFace[]> {
    return inReadingOrder(await this.#host.photoFaces(photo).catch((): PhotoFace[] => []));
  }

  toggle() {
    this.shown = !this.shown;
    this.chosen = null;
  }

  /**
   * Says whose face it is: `known` is a person that was picked. A name for one of a group without a name is the name of the
   * group; in any other case it is about this face alone.
   */
  async name(face: PhotoFace, name: string, known: Person | null) {
    const wanted = name.trim();
    this.chosen = null;
    if (wanted === '' || (known ? known.id === face.person : sameName(wanted, face.name))) return;
    const group = this.#people.byId.get(face.person ?? -1);
    if (group?.name !== null || !group) await this.#people.thisIs([face.id], known?.id ?? null, known ? null : wanted);
    else if (known) await this.#people.merge(group, known);
    else await this.#people.rename(group.id, wanted);
  }

  async confirm(face: PhotoFace) {
    if (face.person !== null) await this.#people.thisIs([face.id], face.person, null);
  }

  async notThem(face: PhotoFace) {
    if (face.person !== null) await this.#people.thisIsNot([face.id], face.person);
  }

  async notAFace(face: PhotoFace) {
    this.chosen = null;
    await this.#people.notFaces([face.id]);
  }
}
