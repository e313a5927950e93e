import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryHost } from '../testing/memoryHost';
import { SearchState } from './search.svelte';
import { SuggestionsState } from './suggestions.svelte';

let host: MemoryHost;
let suggestions: SuggestionsState;
let search: SearchState;

beforeEach(() => {
  vi.useFakeTimers();
  host = new MemoryHost();
  search = new SearchState(host);
  suggestions = new SuggestionsState(host, search);
});

const settle = () => vi.advanceTimersByTimeAsync(500);

describe('below an empty query bar', () => {
  it('are recent searches, then examples', async () => {
    host.queries = ['my search'];
    suggestions.start();
    await settle();
    expect(suggestions.list.map((each) => each.kind === 'query' && each.from).slice(0, 2)).toEqual([
      'history',
      'example',
    ]);
  });

  it('is no search that was forgotten', async () => {
    host.queries = ['my search'];
    suggestions.start();
    await suggestions.clearHistory();
    expect(host.queries).toEqual([]);
    expect(suggestions.list.every((each) => each.kind === 'query' && each.from === 'example')).toBe(true);
  });
});

describe('suggestions', () => {
  it('close when a picture comes into the question or leaves it', async () => {
    const change = (then: () => void) => {
      suggestions.follow(search.question);
      then();
      suggestions.follow(search.question);
    };
    suggestions.start();
    await settle();
    change(() => search.type(''));
    expect(suggestions.open).toBe(true);
    change(() => search.addPicture({ kind: 'photo', id: 1 }, 'one'));
    expect(suggestions.open).toBe(false);
    suggestions.start();
    suggestions.typed('', 0);
    await settle();
    expect(suggestions.open).toBe(false);
    host.completions = [{ from: 0, to: 2, text: 'folder:Rome', kind: 'folder', count: 2 }];
    suggestions.typed('fo', 2);
    await settle();
    expect(suggestions.open).toBe(true);
    change(() => search.setChips([]));
    expect(suggestions.open).toBe(false);
  });
});

describe('while one types', () => {
  const completion = { from: 0, to: 4, text: 'folder:Rome', kind: 'folder' as const, count: 2 };

  it('are completions, asked for once', async () => {
    host.completions = [completion];
    suggestions.typed('fo', 2);
    suggestions.typed('fold', 4);
    await settle();
    expect(host.called('complete')).toEqual([['fold', 4]]);
    expect(suggestions.list.map(({ text }) => text)).toEqual(['folder:Rome']);
  });

  it('come no more once the bar was left', async () => {
    host.completions = [completion];
    suggestions.typed('fold', 4);
    suggestions.close();
    await settle();
    expect(suggestions.open).toBe(false);
  });

  it('are gone through in a circle that passes the text itself', async () => {
    host.completions = [completion, { ...completion, text: 'folder:Oslo' }];
    suggestions.typed('fold', 4);
    await settle();
    const places = [1, 1, 1, 1, -1].map((by) => {
      suggestions.move(by as 1 | -1);
      return suggestions.at;
    });
    expect(places).toEqual([0, 1, -1, 0, -1]);
  });
});
