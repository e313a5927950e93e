import { describe, expect, it } from 'vitest';
import type { Person } from '../host/types';
import { boxInFrame, inReadingOrder } from './faceBoxes';
import { matchNames, sameName } from './names';
import { facesByPhoto, groupPeople, mergeOrder, yearsOf } from './people';
import { neighbour } from './spatial';

const person = (id: number, name: string | null, changes: Partial<Person> = {}): Person => ({
  id,
  name,
  faces: 10,
  photos: 10,
  cover: id * 10,
  hidden: false,
  firstTaken: null,
  lastTaken: null,
  suggestions: 0,
  ...changes,
});

describe('people', () => {
  it('are named, large, small and hidden groups, in the order that they came in', () => {
    const groups = groupPeople([
      person(1, 'Alice', { faces: 1 }),
      person(2, null),
      person(3, null, { faces: 1 }),
      person(4, 'Bob', { hidden: true }),
      person(5, null, { hidden: true }),
    ]);
    const ids = Object.fromEntries(
      Object.entries(groups).map(([key, list]) => [key, list.map(({ id }: Person) => id)]),
    );
    expect(ids).toEqual({ named: [1], large: [2], small: [3], hidden: [4, 5] });
  });

  it('keep a name when they are merged, whichever was dragged', () => {
    const [alice, bob, nobody] = [person(1, 'Alice'), person(2, 'Bob'), person(3, null)];
    expect(mergeOrder(nobody, alice).into).toBe(alice);
    expect(mergeOrder(alice, nobody).into).toBe(alice);
    expect(mergeOrder(alice, bob).into).toBe(bob);
  });

  it('have the years of their photos by the camera’s clock', () => {
    expect(yearsOf(person(1, null))).toBeNull();
    const taken = { firstTaken: Date.UTC(2019, 0, 1), lastTaken: Date.UTC(2023, 11, 31, 23, 59) };
    expect(yearsOf(person(1, null, taken))).toEqual({ first: 2019, last: 2023 });
  });

  it('can be in one photo twice', () => {
    const faces = [7, 8, 7].map((photo, index) => ({ id: index, photo, takenAt: null, confirmed: false }));
    expect(
      facesByPhoto(faces)
        .get(7)
        ?.map(({ id }) => id),
    ).toEqual([0, 2]);
  });
});

describe('names', () => {
  const people = [
    person(1, 'Alice Berg', { photos: 3 }),
    person(2, 'Élise', { photos: 9 }),
    person(3, '김지수'),
    person(4, 'Lena', { photos: 20 }),
    person(5, null, { photos: 99 }),
  ];
  const found = (typed: string, except: number[] = []) => matchNames(people, typed, except).map(({ id }) => id);

  it('that begin as typed come first, then words that do, then the rest', () => {
    expect(found('l')).toEqual([4, 2, 1]);
    expect(found('be')).toEqual([1]);
  });

  it('are found without accents and case', () => {
    expect(found('ELI')).toEqual([2]);
  });

  it('in Hangul are found by their initial consonants', () => {
    expect(found('ㄱㅈ')).toEqual([3]);
    expect(found('김')).toEqual([3]);
    expect(found('ㅈㄱ')).toEqual([]);
  });

  it('are those with the most photos when nothing is typed, without the ones that make no sense', () => {
    expect(found('', [4])).toEqual([3, 2, 1]);
  });

  it('are the same to a reader, whatever the case', () => {
    expect([sameName('alice ', 'Alice'), sameName('Alice', 'Alicia'), sameName(null, null)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the box of a face', () => {
  const face = { x: 0.25, y: 0.5, width: 0.1, height: 0.2 };
  const shown = { width: 400, height: 200 };
  const frame = { width: 1000, height: 500 };

  it('lies on the picture that fits into the frame', () => {
    const box = boxInFrame(face, shown, frame, { scale: 1, x: 0, y: 0 });
    expect(box).toEqual({ left: 400, top: 250, width: 40, height: 40 });
  });

  it('follows the picture that is enlarged and moved', () => {
    const box = boxInFrame(face, shown, frame, { scale: 4, x: 100, y: -50 });
    expect(box).toEqual({ left: 200, top: 200, width: 160, height: 160 });
  });

  it('comes in the order of reading', () => {
    const faces = [
      { id: 'right', x: 0.8, y: 0.1, width: 0.1 },
      { id: 'below', x: 0.11, y: 0.6, width: 0.1 },
      { id: 'above', x: 0.12, y: 0.1, width: 0.1 },
    ];
    expect(inReadingOrder(faces).map(({ id }) => id)).toEqual(['above', 'below', 'right']);
  });
});

describe('arrow keys', () => {
  // Two rows of three, then, below another heading, one of two.
  const boxes = [0, 1, 2, 3, 4, 5, 6, 7].map((index) => ({
    left: (index % 3) * 100,
    top: Math.floor(index / 3) * 120 + (index >= 6 ? 60 : 0),
    width: 90,
    height: 110,
  }));

  it.each([
    [0, 'ArrowRight', 1],
    [0, 'ArrowLeft', 0],
    [1, 'ArrowDown', 4],
    [4, 'ArrowDown', 7],
    [5, 'ArrowDown', 7],
    [7, 'ArrowDown', 7],
    [7, 'ArrowUp', 4],
    [2, 'ArrowUp', 2],
    [3, 'End', 7],
    [3, 'x', null],
  ])('from %i by %s lead to %s', (at, key, to) => {
    expect(neighbour(boxes, at, key)).toBe(to);
  });
});
