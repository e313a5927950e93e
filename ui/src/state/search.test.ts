import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError } from '../host/host';
import type { Answer, SearchRequest } from '../host/types';
import { MemoryHost } from '../testing/memoryHost';
import { AGAIN_AFTER, ASK_AFTER, CLOSEST, PAGE, SearchState } from './search.svelte';

let host: MemoryHost;
let search: SearchState;

beforeEach(() => {
  vi.useFakeTimers();
  host = new MemoryHost();
  host.photos = Array.from({ length: 500 }, (_, index) => ({ id: 500 - index, time: 1e12 - index }));
  search = new SearchState(host);
});
afterEach(() => vi.useRealTimers());

const asked = () => host.called('search').map(([request]) => request as SearchRequest);

/** A host whose answers wait until they are let go. */
function holdAnswers() {
  const held: { request: SearchRequest; answer: (answer: Answer) => void; fail: (error: HostError) => void }[] = [];
  host.search = (request) => new Promise((answer, fail) => held.push({ request, answer, fail }));
  return held;
}

const quiet = () => vi.advanceTimersByTimeAsync(ASK_AFTER);

describe('typing', () => {
  it('asks once, when the keys rest', async () => {
    for (const text of ['d', 'do', 'dog']) {
      search.type(text);
      await vi.advanceTimersByTimeAsync(ASK_AFTER / 2);
    }
    expect(asked()).toEqual([]);
    await quiet();
    expect(asked().map(({ query }) => query)).toEqual(['dog']);
    expect(search.answer?.strong).toBe(10);
    expect(search.busy).toBe(false);
  });

  it('gives every question a higher ticket, and drops answers that come too late', async () => {
    const held = holdAnswers();
    search.ask('old');
    search.ask('new');
    const [old, newer] = held;
    expect(newer?.request.ticket).toBeGreaterThan(old?.request.ticket ?? 0);
    newer?.answer({ ...host.ranked({ offset: 0, limit: 1 }), tookMs: 2 });
    old?.answer({ ...host.ranked({ offset: 0, limit: 1 }), tookMs: 1 });
    await quiet();
    expect(search.answer?.tookMs).toBe(2);
  });

  it('that ends in nothing shows the library again', async () => {
    search.ask('dog');
    await quiet();
    search.type('');
    expect([search.asked, search.answer, search.busy]).toEqual([false, null, false]);
  });

  it('asks again when another part of the window took the turn', async () => {
    host.trouble = new HostError({ code: 'superseded', message: '', params: {} });
    search.ask('dog');
    await quiet();
    expect(asked().length).toBe(2);
    expect(search.answer).not.toBeNull();
  });

  it('keeps what was found while the next answer is waited for', async () => {
    search.ask('dog');
    await quiet();
    const before = search.answer;
    search.type('dogs');
    expect(search.answer).toBe(before);
    expect(search.busy).toBe(true);
  });
});

describe('an error in the query', () => {
  const problem = (at: string) =>
    new HostError({ code: 'query', message: 'm', params: { at, length: '6', problem: 'not-a-date' } });

  it('is shown at its characters, and leaves the last results', async () => {
    search.ask('dog');
    await quiet();
    host.trouble = problem('4');
    search.ask('dog date:x');
    await quiet();
    expect(search.errorRange).toEqual({ from: 4, to: 10 });
    expect(search.answer).not.toBeNull();
  });

  it('is shown in the typed text, when a folder is asked for, too', async () => {
    const scope = { path: '/a b', name: 'a b' };
    search.within(scope);
    host.trouble = problem(String('folder:"/a b" dog '.length));
    search.ask('dog date:x');
    await quiet();
    expect(asked().at(-1)?.query).toBe('folder:"/a b" dog date:x');
    expect(search.errorRange).toEqual({ from: 4, to: 10 });
  });

  it('is no search to remember', async () => {
    host.trouble = problem('0');
    search.type('date:x');
    await quiet();
    search.remember();
    expect(host.queries).toEqual([]);
  });
});

describe('results', () => {
  it('up to the cut are shown, the others on demand, further ones by and by', async () => {
    search.ask('dog');
    await quiet();
    expect(search.shown).toBe(10);
    search.expanded = true;
    expect(search.shown).toBe(PAGE);
    await search.more();
    expect(search.shown).toBe(2 * PAGE);
    expect(asked().map(({ offset }) => offset)).toEqual([0, PAGE]);
    await search.more();
    await search.more();
    expect(search.answer?.results.length).toBe(500);
    expect(new Set(search.answer?.results.map(({ id }) => id)).size).toBe(500);
  });

  it('when none stands out are the closest ones', async () => {
    host.answering = (request) => ({ ...host.ranked(request), strong: 0 });
    search.ask('xyzzy');
    await quiet();
    expect(search.shown).toBe(CLOSEST);
  });

  it('of filters alone are all of them', async () => {
    host.answering = (request) => ({ ...host.ranked(request), model: null });
    search.ask('date:2024');
    await quiet();
    expect(search.filtersOnly).toBe(true);
    expect(search.shown).toBe(500);
  });

  it('fold up again for the next question, and only for that', async () => {
    search.ask('dog');
    await quiet();
    search.expanded = true;
    const { generation } = search;
    search.again();
    search.again();
    await vi.advanceTimersByTimeAsync(AGAIN_AFTER);
    expect(asked().length).toBe(2);
    expect([search.expanded, search.generation]).toEqual([true, generation]);
    search.ask('cat');
    await quiet();
    expect(search.expanded).toBe(false);
    expect(search.generation).toBe(generation + 1);
  });
});

describe('pictures', () => {
  it('join the words with their weights', async () => {
    search.addPicture({ kind: 'photo', id: 7 }, 'a');
    search.addPicture({ kind: 'picture', token: 't' }, 'b', -1);
    search.ask('snow');
    await quiet();
    expect(asked().at(-1)).toMatchObject({
      query: 'snow',
      images: [
        { source: { kind: 'photo', id: 7 }, weight: 1 },
        { source: { kind: 'picture', token: 't' }, weight: -1 },
      ],
    });
  });

  it('are given back when the query no longer needs them, and not before', async () => {
    search.addPicture({ kind: 'picture', token: 't' }, 'b');
    search.findSimilar({ source: { kind: 'photo', id: 1 }, name: '1', by: 'look' });
    expect(host.called('forgetPicture')).toEqual([]);
    search.clear();
    expect(host.called('forgetPicture')).toEqual([['t']]);
  });
});

describe('finding similar photos', () => {
  it('asks by the way that was chosen, and leads back to the question before', async () => {
    search.ask('dog');
    await quiet();
    search.findSimilar({ source: { kind: 'photo', id: 3 }, name: '3', by: 'look' });
    await quiet();
    expect(host.called('similar')[0]?.[0]).toMatchObject({ photo: 3, picture: null, by: 'look' });
    expect(search.back()).toBe(true);
    expect(search.question.text).toBe('dog');
    expect(search.back()).toBe(false);
  });

  it('typing leaves it for a search', async () => {
    search.findSimilar({ source: { kind: 'photo', id: 3 }, name: '3', by: 'look' });
    search.type('dog');
    await quiet();
    expect(search.question.similar).toBeNull();
    expect(asked().at(-1)?.query).toBe('dog');
  });
});

describe('people in a question', () => {
  it('are asked for before the words, and errors are still found at their characters', async () => {
    search.findPerson({ name: 'Alice Berg', cover: 1, without: false });
    search.ask('beach');
    await quiet();
    expect(asked().at(-1)?.query).toBe('person:"Alice Berg" beach');
    host.trouble = new HostError({ code: 'query', message: 'm', params: { at: '20', length: '5' } });
    search.ask('beach');
    await quiet();
    expect(search.errorRange).toEqual({ from: 0, to: 5 });
  });

  it('are remembered as they are written', async () => {
    search.findPerson({ name: 'Alice', cover: 1, without: true });
    search.ask('beach');
    await quiet();
    expect(host.queries[0]).toBe('-person:Alice beach');
  });

  it('alone are something to search for', async () => {
    search.setPeople([{ name: 'Alice', cover: null, without: false }]);
    await quiet();
    expect(search.asked).toBe(true);
    search.setPeople([]);
    expect(search.asked).toBe(false);
  });
});
