import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError } from '../host/host';
import { MemoryHost } from '../testing/memoryHost';
import { App } from './app.svelte';
import { handleKey } from './keys';
import { PeopleDrag } from './peopleDrag.svelte';

let host: MemoryHost;
let app: App;

const settle = () => vi.advanceTimersByTimeAsync(1);
const toast = () => app.toasts.list.at(-1);
const names = () => app.people.list.map(({ name, photos }) => [name, photos]);
const person = (id: number) => {
  const found = app.people.byId.get(id);
  if (!found) throw new Error(`no person ${id}`);
  return found;
};

beforeEach(async () => {
  vi.useFakeTimers();
  host = new MemoryHost();
  host.photos = Array.from({ length: 40 }, (_, index) => ({ id: 40 - index, time: 1e12 - index * 864e5 }));
  host.crowd.add(1, 'Alice', [40, 30, 20]);
  host.crowd.add(2, 'Bob', [39, 38]);
  host.crowd.add(3, null, [40, 25, 24, 23, 22]);
  app = new App(host);
  await app.prepare();
  await app.load();
  await settle();
});
afterEach(() => vi.useRealTimers());

describe('people', () => {
  it('are named first, and looked at again when the library changes, now and then', async () => {
    expect(names()).toEqual([
      ['Alice', 3],
      ['Bob', 2],
      [null, 5],
    ]);
    host.crowd.add(4, null, [1]);
    for (let revision = 2; revision < 30; revision++) host.emit({ kind: 'library', revision });
    await vi.advanceTimersByTimeAsync(2000);
    expect(names().length).toBe(4);
  });

  it('are not asked for while they are off', async () => {
    host.crowd.state = 'off';
    const asked = vi.spyOn(host, 'people');
    await app.people.load();
    expect(asked).not.toHaveBeenCalled();
    expect(app.people.list).toEqual([]);
  });

  it('of no library at all are nothing to complain about', async () => {
    host.peopleStatus = async () => {
      throw { code: 'no-library', message: 'raw', params: {} };
    };
    await app.people.load();
    expect(app.toasts.list).toEqual([]);
  });

  it('are turned on after consent, and wait for their models', async () => {
    host.crowd.state = 'off';
    host.crowd.missing = ['yunet'];
    await app.people.turn(true);
    expect(app.people.status?.state).toBe('needsModels');
    host.crowd.state = 'on';
    const done = { bytes: 1, total: 1, rate: 0, secondsLeft: null, error: null };
    const model = {
      title: '',
      reason: null,
      bytes: 1,
      bytesHere: 1,
      licence: '',
      source: null,
      notice: null,
      path: null,
    };
    host.known = [
      { ...model, id: 'yunet', purposes: ['face-detection'], state: 'installed', default: true, inUseFor: [] },
    ];
    await app.models.load();
    host.emit({ kind: 'model', id: 'yunet', phase: 'done', ...done });
    await settle();
    expect(app.people.on).toBe(true);
    expect(toast()?.text).toBe('YuNet is installed.');
  });

  it('are being found while there are photos to look at', async () => {
    host.crowd.seen = 30;
    expect(app.people.finding).toBe(false);
    host.crowd.toSee = 10;
    await app.people.load();
    expect(app.people.finding).toBe(true);
  });

  it('are gone once erased', async () => {
    await app.people.erase();
    expect([app.people.on, app.people.list]).toEqual([false, []]);
    expect(toast()?.text).toBe('All faces and names are erased');
  });
});

describe('a name', () => {
  it('is given, said, and taken back', async () => {
    await app.people.rename(3, '  Carol ');
    expect(host.called('namePerson')).toEqual([[3, 'Carol']]);
    expect(toast()).toMatchObject({ text: 'Named Carol', action: { label: 'Undo' } });
    toast()?.action?.run();
    await settle();
    expect(person(3).name).toBeNull();
    expect(app.toasts.list.map(({ text }) => text)).toEqual(['The name is as it was']);
  });

  it('that is the same as before decides nothing; an empty one takes it away', async () => {
    await app.people.rename(1, 'Alice');
    expect(host.called('namePerson')).toEqual([]);
    await app.people.rename(1, ' ');
    expect(person(1).name).toBeNull();
  });

  it('that somebody has already makes one ask; the same person becomes one', async () => {
    await app.people.rename(3, 'Alice');
    expect(app.people.question).toMatchObject({ kind: 'same-name', into: { id: 1 }, from: { id: 3 }, name: 'Alice' });
    await app.people.answer(true);
    // Photo 40 shows both, and is counted once.
    expect(names()).toEqual([
      ['Alice', 7],
      ['Bob', 2],
    ]);
    await app.people.undo();
    await app.people.undo();
    expect(person(3).name).toBeNull();
  });

  it('can be that of two different people', async () => {
    await app.people.rename(3, 'Alice');
    await app.people.answer(false);
    expect(host.called('mergePeople')).toEqual([]);
    expect(names().filter(([name]) => name === 'Alice').length).toBe(2);
  });

  it('that cannot be given says why, and offers nothing to take back', async () => {
    host.namePerson = async () => {
      throw new HostError({ code: 'unknown-person', message: 'raw', params: {} });
    };
    await app.people.rename(3, 'Carol');
    expect(toast()).toMatchObject({ kind: 'error', text: 'This person is not in the library any more.' });
    expect(toast()?.action).toBeUndefined();
  });
});

describe('merging', () => {
  it('keeps the name, whichever was dragged, and asks nothing where no name is lost', async () => {
    await app.people.merge(person(1), person(3));
    expect(host.called('mergePeople')).toEqual([[1, [3]]]);
  });

  it('asks where one of two names is lost', async () => {
    await app.people.merge(person(2), person(1));
    expect(host.called('mergePeople')).toEqual([]);
    expect(app.people.question).toMatchObject({ kind: 'two-names', into: { id: 1 }, from: { id: 2 } });
    await app.people.answer(true);
    expect(host.called('mergePeople')).toEqual([[1, [2]]]);
  });

  it('of the person on the page leads to whom they became part of', async () => {
    app.openPerson(3);
    await settle();
    await app.people.merge(person(3), person(1));
    await settle();
    expect([app.page, app.person.person?.name]).toEqual(['person', 'Alice']);
  });

  it('offers to take back the last decision only', async () => {
    await app.people.hide(person(2), true);
    await app.people.merge(person(1), person(3));
    expect(app.toasts.list.filter(({ action }) => action).map(({ text }) => text)).toEqual(['Both are Alice now']);
  });
});

describe('dragging', () => {
  const press = { button: 0, pointerType: 'mouse', clientX: 10, clientY: 10 };
  const drops: [number, number][] = [];
  const drag = new PeopleDrag((dragged, target) => drops.push([dragged.id, target]));
  beforeEach(() => (drops.length = 0));

  it('begins after some pixels, and ends on somebody', () => {
    drag.down(press, person(1));
    drag.move({ clientX: 12, clientY: 11 }, 1);
    expect(drag.person).toBeNull();
    drag.move({ clientX: 60, clientY: 11 }, 2);
    expect([drag.person?.id, drag.target]).toEqual([1, 2]);
    drag.up();
    expect(drops).toEqual([[1, 2]]);
    expect(drag.clicked()).toBe(false);
  });

  it('onto oneself, beside everybody, with a finger, or given up merges nobody', () => {
    for (const below of [1, null]) {
      drag.down(press, person(1));
      drag.move({ clientX: 90, clientY: 90 }, below);
      drag.up();
    }
    drag.down({ ...press, pointerType: 'touch' }, person(1));
    drag.move({ clientX: 90, clientY: 90 }, 2);
    drag.up();
    drag.down(press, person(1));
    drag.move({ clientX: 90, clientY: 90 }, 2);
    expect(drag.cancel()).toBe(true);
    drag.up();
    expect(drops).toEqual([]);
  });

  it('that was a click opens the person', () => {
    drag.down(press, person(1));
    drag.up();
    expect([drag.clicked(), drops]).toEqual([true, []]);
  });
});

describe('a person’s page', () => {
  beforeEach(async () => {
    app.openPerson(1);
    await settle();
  });

  it('has their photos in the order of the library', () => {
    expect(Array.from(app.photos.id)).toEqual([40, 30, 20]);
    app.openViewer(30);
    expect([app.viewer.index, app.viewer.order?.length]).toEqual([1, 3]);
  });

  it('takes faces away that are not theirs, from one photo or a selection, and gives them back', async () => {
    app.selection.chooseAll(app.photos.id);
    app.actions.run('not-them', [40, 20], 40);
    await settle();
    expect(host.called('thisIsNot')).toEqual([[[10, 12], 1]]);
    expect(Array.from(app.photos.id)).toEqual([30]);
    expect(app.selection.size).toBe(0);
    expect(app.undo()).toBe(true);
    await settle();
    expect(Array.from(app.photos.id)).toEqual([40, 30, 20]);
  });

  it('splits photos off for somebody known, somebody new, or somebody without a name', async () => {
    app.actions.run('split-off', [40], 40);
    expect(app.person.splitting).toEqual([40]);
    await app.person.split(2, null);
    app.actions.run('split-off', [30], 30);
    await app.person.split(null, 'Dora');
    app.actions.run('split-off', [20], 20);
    await app.person.split(null, null);
    expect(host.called('thisIs')).toEqual([
      [[10], 2, null],
      [[11], null, 'Dora'],
    ]);
    expect(host.called('splitPerson')).toEqual([[1, [12]]]);
  });

  it('takes the face of a photo as the picture of the person', async () => {
    app.actions.run('use-as-cover', [30], 30);
    await settle();
    expect(person(1).cover).toBe(11);
  });

  it('is left when there is no such person any more', async () => {
    host.crowd.persons.delete(1);
    await app.people.load();
    await settle();
    expect(app.page).toBe('people');
  });

  it('leads back to all people, step by step', () => {
    app.selection.chooseAll(app.photos.id);
    app.back();
    expect([app.page, app.selection.size]).toEqual(['person', 0]);
    app.back();
    expect(app.page).toBe('people');
    app.back();
    expect(app.page).toBe('photos');
  });

  it('leads to a search with the person', async () => {
    app.actions.searchFor(person(1));
    await settle();
    expect(host.called('search').at(-1)?.[0]).toMatchObject({ query: 'person:Alice ' });
  });
});

describe('the questions', () => {
  beforeEach(async () => {
    host.crowd.faces.push(...[901, 902, 903].map((id) => ({ id, photo: 5, person: null })));
    host.crowd.doubts = [901, 902, 903].map((face) => ({ face, person: 1 }));
    await app.people.load();
    app.openReview(1);
    await settle();
  });

  it('come one after another, and each answer reaches the program', async () => {
    expect(app.review.current?.face).toBe(901);
    expect(app.review.box?.id).toBe(901);
    app.review.answer('yes');
    app.review.answer('no');
    app.review.answer('skip');
    await settle();
    expect(host.called('thisIs')).toEqual([[[901], 1, null]]);
    expect(host.called('thisIsNot')).toEqual([[[902], 1]]);
    expect([app.review.current, app.review.answered]).toEqual([null, 2]);
  });

  it('are asked again after going back, answered or skipped', async () => {
    app.review.answer('yes');
    app.review.answer('skip');
    await settle();
    expect(app.undo()).toBe(true);
    expect(app.review.current?.face).toBe(902);
    app.undo();
    await settle();
    expect([app.review.current?.face, app.review.answered]).toEqual([901, 0]);
    expect(host.called('undoPeople').length).toBe(1);
    expect(app.review.queue.map(({ face }) => face)).toEqual([901, 902, 903]);
  });

  it('leave no offer to take back what was decided before them', async () => {
    await app.people.hide(person(2), true);
    expect(toast()?.action).toBeDefined();
    app.review.answer('yes');
    expect(app.toasts.list).toEqual([]);
  });

  it('lead back to where they were asked from, with what was answered', async () => {
    app.review.answer('yes');
    app.back();
    await settle();
    expect([app.page, app.person.person?.faces]).toEqual(['person', 4]);
  });
});

describe('faces in a photo', () => {
  const face = (id: number) => {
    const found = app.faces.list.find((each) => each.id === id);
    if (!found) throw new Error(`no face ${id}`);
    return found;
  };
  beforeEach(async () => {
    host.crowd.faces.push({ id: 900, photo: 40, person: null, x: 0.1 });
    await app.faces.look(40);
  });

  it('come from left to right, and follow what is decided', async () => {
    expect(app.faces.list[0]?.id).toBe(900);
    await app.faces.name(face(900), 'Eve', null);
    expect(host.called('thisIs')).toEqual([[[900], null, 'Eve']]);
    expect(face(900).name).toBe('Eve');
  });

  it('of a group without a name give their name to the group', async () => {
    await app.faces.name(face(30), 'Carol', null);
    expect(host.called('namePerson')).toEqual([[3, 'Carol']]);
  });

  it('of a group without a name join it to somebody who was picked', async () => {
    await app.faces.name(face(30), 'Bob', person(2));
    expect(host.called('mergePeople')).toEqual([[2, [3]]]);
  });

  it('of somebody named can be somebody else’s, alone', async () => {
    await app.faces.name(face(10), 'Bob', person(2));
    expect(host.called('thisIs')).toEqual([[[10], 2, null]]);
    await app.faces.name(face(10), ' bob', null);
    expect(host.called('thisIs').length).toBe(1);
  });

  it('can be none', async () => {
    await app.faces.notAFace(face(900));
    expect(app.faces.list.some(({ id }) => id === 900)).toBe(false);
    await app.people.undo();
    await settle();
    expect(app.faces.list.some(({ id }) => id === 900)).toBe(true);
  });

  it('of another photo are not those of this one, however late they come', async () => {
    const before = host.photoFaces;
    let late: () => void = () => undefined;
    host.photoFaces = async (photo) => {
      await new Promise<void>((resolve) => (late = resolve));
      return before(photo);
    };
    const asked = app.faces.look(39);
    host.photoFaces = before;
    await app.faces.look(30);
    late();
    await asked;
    expect(app.faces.list.map(({ id }) => id)).toEqual([11]);
  });
});

describe('finding a person', () => {
  it('of a picture that is not of the library asks once it is known that there are several', async () => {
    const source = { kind: 'picture' as const, token: 'dropped' };
    host.trouble = new HostError({ code: 'several-faces', message: 'raw', params: { faces: '0,1' } });
    app.actions.findPersonOf(source, 'dropped.jpg');
    await settle();
    expect(app.search.error?.params.faces).toBe('0,1');
    app.search.instead({ source, name: 'dropped.jpg', by: 'face', faceIndex: 1 });
    await settle();
    const asked = host.called('similar').map(([request]) => request as object);
    expect(asked[0]).toMatchObject({ photo: null, picture: 'dropped', by: 'face', face: null, faceIndex: null });
    expect(asked[1]).toMatchObject({ picture: 'dropped', by: 'face', face: null, faceIndex: 1 });
    expect(host.called('forgetPicture')).toEqual([]);
    app.back();
    expect(app.search.asked).toBe(false);
  });

  it('of a photo with one face asks nothing', async () => {
    app.actions.run('find-person', [30], 30);
    await settle();
    expect(host.called('similar').at(-1)?.[0]).toMatchObject({ photo: 30, by: 'face', face: 11 });
    expect(app.search.question.similar?.person).toBe(1);
  });

  it('of a photo with several asks which', async () => {
    app.actions.run('find-person', [40], 40);
    await settle();
    expect(app.faces.choice?.faces.map(({ id }) => id)).toEqual([10, 30]);
    const [, second] = app.faces.choice?.faces ?? [];
    if (second) app.actions.findFace(40, second);
    await settle();
    expect(app.faces.choice).toBeNull();
    expect(host.called('similar').at(-1)?.[0]).toMatchObject({ photo: 40, by: 'face', face: 30 });
  });

  it('of a photo without faces says so; with people off, how to turn them on', async () => {
    await app.actions.findPerson(1);
    expect(toast()?.text).toBe('No face was found in this photo.');
    host.crowd.state = 'off';
    await app.people.load();
    await app.actions.findPerson(1);
    toast()?.action?.run();
    expect(app.page).toBe('people');
  });

  it('by face goes on by the whole photo without a face', async () => {
    app.actions.run('find-person', [30], 30);
    await settle();
    const { similar } = app.search.question;
    if (similar) app.search.findSimilar({ ...similar, by: 'look' });
    await settle();
    expect(host.called('similar').at(-1)?.[0]).toMatchObject({ photo: 30, by: 'look', face: null });
  });
});

describe('Ctrl+Z', () => {
  const press = () => {
    const target = null;
    const event = { key: 'z', code: 'KeyZ', ctrlKey: true, metaKey: false, altKey: false, shiftKey: false, target };
    const prevented = vi.fn();
    handleKey(app, { ...event, preventDefault: prevented } as unknown as KeyboardEvent);
    return prevented.mock.calls.length > 0;
  };

  it('takes back what was decided about people where they are in sight, and nothing elsewhere', async () => {
    vi.stubGlobal('HTMLElement', Function);
    vi.stubGlobal('Element', Function);
    vi.stubGlobal('document', { body: {} });
    await app.people.hide(person(2), true);
    expect(press()).toBe(false);
    app.openPeople();
    expect(press()).toBe(true);
    await settle();
    expect(person(2).hidden).toBe(false);
    expect(press()).toBe(true);
    await settle();
    expect(toast()?.text).toBe('There is nothing to take back.');
    vi.unstubAllGlobals();
  });
});
