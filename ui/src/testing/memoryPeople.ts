import { HostError } from '../host/host';
import type { Named, PeopleStatus, Person, PersonDetails, PhotoFace, Suggestion } from '../host/types';

/** A face of {@link MemoryPeople}. */
export interface MemoryFace {
  id: number;
  photo: number;
  person: number | null;
  confirmed?: boolean;
  /** Left edge of its box, from 0 to 1. */
  x?: number;
}

interface Doubt {
  face: number;
  person: number;
}

interface MemoryPerson {
  name: string | null;
  hidden: boolean;
  cover: number | null;
}

/** People for tests: the decisions do what they say, and can be taken back. */
export class MemoryPeople {
  state: PeopleStatus['state'] = 'on';
  missing: string[] = [];
  seen = 0;
  toSee = 0;
  faces: MemoryFace[] = [];
  persons = new Map<number, MemoryPerson>();
  /** Faces to ask about, with the person that each may be of. */
  doubts: Doubt[] = [];
  /** When a photo was taken. */
  timeOf: (photo: number) => number | null = () => null;
  #past: { kind: string; faces: MemoryFace[]; persons: [number, MemoryPerson][]; doubts: Doubt[] }[] = [];

  /** Adds somebody with a face in each of some photos; the faces' ids begin with ten times the person's. */
  add(id: number, name: string | null, photos: readonly number[], hidden = false) {
    this.persons.set(id, { name, hidden, cover: id * 10 });
    photos.forEach((photo, index) => this.faces.push({ id: id * 10 + index, photo, person: id }));
  }

  status(): PeopleStatus {
    const all = this.people();
    const visible = all.filter(({ hidden }) => !hidden);
    return {
      state: this.state,
      missingModels: this.missing,
      faces: this.faces.length,
      photosSeen: this.seen,
      photosToSee: this.toSee,
      named: visible.filter(({ name }) => name !== null).length,
      unnamed: visible.filter(({ name }) => name === null).length,
      hidden: all.length - visible.length,
      canUndo: this.#past.length > 0,
    };
  }

  people(): Person[] {
    const order = ({ hidden, name }: Person) => (hidden ? 2 : name === null ? 1 : 0);
    return [...this.persons.keys()]
      .map((id) => this.#person(id))
      .filter(({ faces }) => faces > 0)
      .sort((a, b) => order(a) - order(b) || b.photos - a.photos || a.id - b.id);
  }

  details(id: number): PersonDetails {
    if (!this.persons.has(id)) throw new HostError({ code: 'unknown-person', message: `no person ${id}`, params: {} });
    const faces = this.#facesOf(id).map(({ id: face, photo, confirmed }) => {
      return { id: face, photo, takenAt: this.timeOf(photo), confirmed: confirmed ?? false };
    });
    return { person: this.#person(id), faces };
  }

  inPhoto(photo: number): PhotoFace[] {
    return this.faces
      .filter((face) => face.photo === photo)
      .map(({ id, person, confirmed, x }) => ({
        id,
        x: x ?? 0.4,
        y: 0.2,
        width: 0.15,
        height: 0.2,
        score: 0.95,
        quality: 0.8,
        person,
        name: this.persons.get(person ?? -1)?.name ?? null,
        confirmed: confirmed ?? false,
      }));
  }

  suggestions(person: number | null, limit: number): Suggestion[] {
    return this.doubts
      .filter((doubt) => person === null || doubt.person === person)
      .slice(0, limit)
      .map(({ face, person: of }) => ({
        face,
        photo: this.faces.find(({ id }) => id === face)?.photo ?? 0,
        person: of,
        name: this.persons.get(of)?.name ?? null,
        similarity: 0.5,
      }));
  }

  name(id: number, name: string | null): Named {
    const same = [...this.persons].find(([other, person]) => other !== id && name !== null && person.name === name);
    this.#decide('name', () => this.#change(id, { name }));
    return { person: id, sameName: same?.[0] ?? null };
  }

  merge(into: number, from: readonly number[]) {
    this.#decide('merge', () => {
      this.#give(({ person }) => person !== null && from.includes(person), into);
      for (const id of from) this.persons.delete(id);
    });
  }

  split(faces: readonly number[], name: string | null = null, kind = 'split'): number {
    const id = Math.max(0, ...this.persons.keys()) + 1;
    this.#decide(kind, () => {
      this.persons.set(id, { name, hidden: false, cover: faces[0] ?? null });
      this.#give((face) => faces.includes(face.id), id, kind === 'this-is');
    });
    return id;
  }

  thisIs(faces: readonly number[], person: number | null, name: string | null): number {
    const known = person ?? [...this.persons].find(([, other]) => other.name === name)?.[0];
    if (known === undefined) return this.split(faces, name, 'this-is');
    this.#decide('this-is', () => {
      this.#give(({ id }) => faces.includes(id), known, true);
      this.doubts = this.doubts.filter(({ face }) => !faces.includes(face));
    });
    return known;
  }

  thisIsNot(faces: readonly number[], person: number) {
    this.#decide('this-is-not', () => {
      this.#give((face) => face.person === person && faces.includes(face.id), null);
      this.doubts = this.doubts.filter((doubt) => doubt.person !== person || !faces.includes(doubt.face));
    });
  }

  notFaces(faces: readonly number[]) {
    this.#decide('not-a-face', () => (this.faces = this.faces.filter(({ id }) => !faces.includes(id))));
  }

  hide(id: number, hidden: boolean) {
    this.#decide('hide', () => this.#change(id, { hidden }));
  }

  setCover(id: number, cover: number) {
    this.#decide('cover', () => this.#change(id, { cover }));
  }

  erase() {
    this.faces = [];
    this.persons.clear();
    this.doubts = [];
    this.#past = [];
    this.state = 'off';
  }

  undo(): string | null {
    const before = this.#past.pop();
    if (!before) return null;
    this.faces = before.faces;
    this.persons = new Map(before.persons);
    this.doubts = before.doubts;
    return before.kind;
  }

  #facesOf(id: number): MemoryFace[] {
    return this.faces.filter(({ person }) => person === id);
  }

  #person(id: number): Person {
    const faces = this.#facesOf(id);
    const times = faces.flatMap(({ photo }) => this.timeOf(photo) ?? []);
    return {
      id,
      name: this.persons.get(id)?.name ?? null,
      faces: faces.length,
      photos: new Set(faces.map(({ photo }) => photo)).size,
      cover: this.persons.get(id)?.cover ?? null,
      hidden: this.persons.get(id)?.hidden ?? false,
      firstTaken: times.length > 0 ? Math.min(...times) : null,
      lastTaken: times.length > 0 ? Math.max(...times) : null,
      suggestions: this.doubts.filter(({ person }) => person === id).length,
    };
  }

  #give(which: (face: MemoryFace) => boolean, person: number | null, confirmed = false) {
    this.faces = this.faces.map((face) => (which(face) ? { ...face, person, confirmed } : face));
  }

  #change(id: number, changes: Partial<MemoryPerson>) {
    const person = this.persons.get(id);
    if (person) this.persons.set(id, { ...person, ...changes });
  }

  #decide(kind: string, action: () => void) {
    const { faces, doubts } = this;
    this.#past.push({ kind, faces, persons: [...this.persons], doubts });
    action();
  }
}
