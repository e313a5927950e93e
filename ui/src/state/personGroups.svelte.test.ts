import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { peopleToColour } from '../lib/explore/members';
import { groupPeople } from '../lib/people';
import { MemoryHost } from '../testing/memoryHost';
import { App } from './app.svelte';

let host: MemoryHost;
let app: App;

const settle = () => vi.advanceTimersByTimeAsync(2000);
const shown = () => app.look.persons.groups.map(({ name, photos, face }) => [name, photos, face]);
const numbers = (...ids: number[]) => ids.map((id) => app.look.persons.lookup()(id));
const person = (id: number) => {
  const found = app.people.byId.get(id);
  if (!found) throw new Error(`no person ${id}`);
  return found;
};

beforeEach(async () => {
  vi.useFakeTimers();
  host = new MemoryHost();
  host.photos = Array.from({ length: 40 }, (_, index) => ({ id: 40 - index, time: 1e12 - index * 864e5 }));
  host.places = host.photos.map(({ id }) => ({ id, x: id, y: 0 }));
  host.crowd.add(1, 'Alice', [40, 30, 20]);
  host.crowd.add(2, 'Bob', [40, 39]);
  host.crowd.add(3, null, [40, 25, 24, 23, 22]);
  host.crowd.add(4, 'Carol', [10, 11, 12, 13], true);
  app = new App(host);
  await app.prepare();
  await app.load();
  await settle();
  await app.explore.map.look();
});
afterEach(() => vi.useRealTimers());

describe('people by colour', () => {
  it('are those with a name and not hidden; a photo of two is the first one’s', async () => {
    await app.look.persons.look();
    expect(shown()).toEqual([
      ['Alice', 3, 10],
      ['Bob', 2, 20],
    ]);
    expect(numbers(40, 39, 20, 25, 10)).toEqual([0, 1, 0, -1, -1]);
  });

  it('are groups without a name where nobody has one', async () => {
    await app.people.rename(1, null);
    await app.people.rename(2, null);
    await app.look.persons.look();
    expect(shown()).toEqual([
      ['No name yet', 5, 30],
      ['No name yet', 3, 10],
      ['No name yet', 2, 20],
    ]);
    expect(numbers(40, 22, 30, 39, 10)).toEqual([0, 0, 1, 2, -1]);
  });

  it('are at most so many, those with most photos', () => {
    for (let id = 5; id < 30; id++)
      host.crowd.add(
        id,
        `No. ${id}`,
        Array.from({ length: id }, (_, photo) => photo),
      );
    const few = peopleToColour(groupPeople(host.crowd.people().reverse()), 3);
    expect(few.map(({ id }) => id)).toEqual([29, 28, 27]);
  });

  it('follow what is decided about them, at once where somebody is hidden', async () => {
    await app.look.persons.look();
    await app.people.hide(person(1), true);
    expect(shown()).toEqual([['Bob', 2, 20]]);
    expect(numbers(40, 39, 20)).toEqual([0, 0, -1]);
    await app.people.rename(3, 'Dan');
    await app.look.persons.look();
    expect(numbers(40, 39, 25)).toEqual([0, 1, 0]);
    await app.people.thisIsNot([30], 3);
    await app.look.persons.look();
    expect(numbers(40, 25)).toEqual([1, 0]);
  });

  it('are asked about once for each state of the people, and anew when the library has changed', async () => {
    const asked = vi.spyOn(host, 'person');
    await app.look.persons.look();
    await app.look.persons.look();
    expect(asked).toHaveBeenCalledTimes(2);
    host.crowd.faces.push({ id: 99, photo: 5, person: 2 });
    host.emit({ kind: 'library', revision: 2 });
    await settle();
    await app.look.persons.look();
    expect(asked).toHaveBeenCalledTimes(4);
    // Bob has as many photos as Alice now, and comes after her all the same.
    expect(numbers(5, 40)).toEqual([1, 0]);
  });

  it('are asked about once more when they change while they are asked about', async () => {
    const looked = app.look.persons.look();
    await app.people.thisIsNot([20], 2);
    await app.look.persons.look();
    await looked;
    host.crowd.thisIsNot([10], 1);
    await app.people.load();
    await app.look.persons.look();
    expect(numbers(40, 39, 30)).toEqual([-1, 1, 0]);
  });

  it('who cannot be asked about keep the photos they were known to have', async () => {
    await app.look.persons.look();
    host.person = () => Promise.reject(new Error('gone'));
    await app.people.load();
    await app.look.persons.look();
    expect(numbers(40, 39)).toEqual([0, 1]);
  });

  it('colour the map, and are offered only where somebody is known', async () => {
    const { look } = app;
    expect(look.colourings).toEqual(['theme', 'folder', 'date', 'person']);
    look.colouring = 'person';
    await look.persons.look();
    const colours = () => new Set(Array.from({ length: 40 }, (_, index) => look.colourOf(index).join())).size;
    expect([colours(), look.groups?.length]).toEqual([3, 2]);
    const named = [40, 39, 1].map((id) => look.groupOf(app.explore.map.placed.map.id.indexOf(id))?.name);
    expect(named).toEqual(['Alice', 'Bob', undefined]);
    await app.people.turn(false);
    expect(look.colourings).toEqual(['theme', 'folder', 'date']);
    expect([look.colouring, look.groups]).toEqual(['theme', null]);
    await app.people.turn(true);
    expect(look.colouring).toBe('person');
  });
});
