import type { Person, PersonFace } from '../host/types';

/** Faces from which on a group without a name is shown at once; smaller ones are mostly passers-by. */
const LARGE = 4;

/** The people page, part by part. */
export interface PeopleGroups {
  named: Person[];
  /** Without a name: those seen often, and the others. */
  large: Person[];
  small: Person[];
  hidden: Person[];
}

export function groupPeople(people: readonly Person[]): PeopleGroups {
  const visible = people.filter(({ hidden }) => !hidden);
  const unnamed = visible.filter(({ name }) => name === null);
  return {
    named: visible.filter(({ name }) => name !== null),
    large: unnamed.filter(({ faces }) => faces >= LARGE),
    small: unnamed.filter(({ faces }) => faces < LARGE),
    hidden: people.filter(({ hidden }) => hidden),
  };
}

/** Each by their id. */
export function peopleById(people: readonly Person[]): ReadonlyMap<number, Person> {
  return new Map(people.map((person) => [person.id, person]));
}

/** Which of two people the other becomes part of: a name is kept where one of them has one, else the second stays. */
export function mergeOrder(dragged: Person, target: Person): { into: Person; from: Person } {
  return target.name === null && dragged.name !== null
    ? { into: dragged, from: target }
    : { into: target, from: dragged };
}

/** A person's faces by the photo that they are in: a mirror shows somebody twice. */
export function facesByPhoto(faces: readonly PersonFace[]): Map<number, PersonFace[]> {
  const byPhoto = new Map<number, PersonFace[]>();
  for (const face of faces) {
    const others = byPhoto.get(face.photo);
    if (others) others.push(face);
    else byPhoto.set(face.photo, [face]);
  }
  return byPhoto;
}

/** First and last year of a person's photos; null where no photo has a date. */
export function yearsOf({ firstTaken, lastTaken }: Person): { first: number; last: number } | null {
  if (firstTaken === null || lastTaken === null) return null;
  return { first: new Date(firstTaken).getUTCFullYear(), last: new Date(lastTaken).getUTCFullYear() };
}
