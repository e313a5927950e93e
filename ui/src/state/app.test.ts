import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IndexProgress } from '../host/types';
import { MemoryHost } from '../testing/memoryHost';
import { App } from './app.svelte';
import { ASK_AFTER } from './search.svelte';

let host: MemoryHost;
let app: App;

beforeEach(async () => {
  vi.useFakeTimers();
  host = new MemoryHost();
  host.photos = Array.from({ length: 300 }, (_, index) => ({
    id: 300 - index,
    time: Date.UTC(2024, 5, 30) - index * 864e5,
  }));
  app = new App(host);
  await app.prepare();
  await app.load();
});
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(1000);
const job = (changes: Partial<IndexProgress>): { kind: 'index' } & IndexProgress => ({
  kind: 'index',
  phase: 'indexing',
  found: 300,
  total: 300,
  done: 30,
  failed: 0,
  rate: 10,
  secondsLeft: 27,
  message: null,
  paused: false,
  report: null,
  error: null,
  ...changes,
});

describe('the library', () => {
  it('is shown by month', () => {
    expect(app.shown.photos.length).toBe(300);
    expect(app.shown.sections.length).toBe(10);
    expect(app.shown.sections[0]).toMatchObject({ kind: 'month', from: 0, to: 30 });
  });

  it('is asked for again when it has changed, and only then', async () => {
    host.emit({ kind: 'library', revision: 1 });
    await settle();
    expect(host.called('timeline').length).toBe(1);
    host.photos = [{ id: 301, time: Date.UTC(2025, 0, 1) }, ...host.photos];
    host.revision = 2;
    host.emit({ kind: 'library', revision: 2 });
    await settle();
    expect(host.called('timeline').length).toBe(2);
    expect(app.shown.photos.id[0]).toBe(301);
  });

  it('that changes all the time is not asked for all the time', async () => {
    for (let revision = 2; revision < 50; revision++) {
      host.revision = revision;
      host.emit({ kind: 'library', revision });
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(host.called('timeline').length).toBeLessThan(5);
    await settle();
    await settle();
    expect(app.library.timeline.revision).toBe(49);
  });

  it('that is damaged can be begun anew', async () => {
    host.state = 'damaged';
    await app.library.refresh();
    await settle();
    await app.library.repair();
    expect(host.called('repairLibrary').length).toBe(1);
    expect(app.library.status?.state).toBe('empty');
  });

  it('takes folders that are chosen or dropped', async () => {
    host.chosenFolders = ['/a'];
    await app.library.chooseFolders();
    await settle();
    host.emit({ kind: 'dropped', folders: ['/b', '/c'], pictures: [], error: null, x: 0, y: 0 });
    await settle();
    expect(host.called('addFolders')).toEqual([[['/a']], [['/b', '/c']]]);
    const error = { code: 'not-unicode', message: 'm', params: {} };
    host.emit({ kind: 'dropped', folders: [], pictures: [], error, x: 0, y: 0 });
    expect(app.toasts.list.map(({ text }) => text).join()).toContain('kindred add');
    host.chosenFolders = [];
    await app.library.chooseFolders();
    expect(host.called('addFolders').length).toBe(2);
  });
});

describe('what is shown', () => {
  it('stays the library until the first answer is there', async () => {
    app.search.type('dog');
    expect(app.shown.photos.length).toBe(300);
    await vi.advanceTimersByTimeAsync(ASK_AFTER);
    expect(app.shown.photos.length).toBe(10);
    expect(app.shown.dated).toBe(false);
    expect(app.shown.scores?.[0]).toBeCloseTo(0.3);
  });

  it('for filters alone is in the order of time', async () => {
    host.answering = () => ({
      ...host.ranked({ offset: 0, limit: 0 }),
      model: null,
      total: 2,
      results: [5, 299].map((id, index) => ({ rank: index + 1, id, score: null, offline: false })),
    });
    app.search.ask('date:2024');
    await settle();
    expect(Array.from(app.shown.photos.id)).toEqual([299, 5]);
    expect(app.shown.sections.map(({ kind }) => kind)).toEqual(['month', 'month']);
  });

  it('holds photos that are newer than the timeline', async () => {
    host.answering = () => ({
      ...host.ranked({ offset: 0, limit: 0 }),
      results: [{ rank: 1, id: 999, score: 0.4, offline: false }],
    });
    app.search.ask('new');
    await settle();
    expect(Array.from(app.shown.photos.id)).toEqual([999]);
  });
});

describe('actions', () => {
  it('find similar photos by either way, from any page', async () => {
    app.page = 'compare';
    app.actions.run('similar-look', [7], 7);
    await settle();
    expect(app.page).toBe('photos');
    expect(host.called('similar')[0]?.[0]).toMatchObject({ photo: 7, by: 'look' });
  });

  it('compare asks both networks and links what they share', async () => {
    app.actions.run('compare', [7], 7);
    await settle();
    expect(host.called('similar').map(([request]) => (request as { by: string }).by)).toEqual(['meaning', 'look']);
    expect(app.comparison.shared.length).toBe(60);
  });

  it('make one question of several photos', async () => {
    app.selection.chooseAll([1, 2, 3]);
    app.actions.run('more-like-these', [1, 2, 3], 1);
    await settle();
    expect(app.search.question.chips.map(({ weight }) => weight)).toEqual([1, 1, 1]);
    expect(app.selection.size).toBe(0);
    app.actions.run('less-like-this', [2], 2);
    expect(app.search.question.chips.map(({ key, weight }) => [key, weight])).toEqual([
      ['photo-1', 1],
      ['photo-3', 1],
      ['photo-2', -1],
    ]);
  });

  it('say what went wrong', async () => {
    host.openWith = async () => {
      throw { code: 'offline', message: 'raw', params: {} };
    };
    app.actions.run('open-with', [1], 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(app.toasts.list.map(({ text, kind }) => [text, kind])).toEqual([['The folder is not connected.', 'error']]);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(app.toasts.list).toEqual([]);
  });
});

describe('Escape', () => {
  it('closes what is on top, then goes back step by step', async () => {
    app.search.ask('dog');
    await settle();
    app.selection.choose(app.shown.photos.id, 0, { range: false, toggle: false });
    app.actions.similar({ kind: 'photo', id: 300 }, 'meaning');
    await settle();
    app.openViewer(300);
    app.viewer.informed = true;
    app.back();
    expect([app.viewer.informed, app.viewer.order !== null]).toEqual([false, true]);
    app.back();
    expect(app.viewer.order).toBeNull();
    app.back();
    expect([app.selection.size, app.search.question.similar !== null]).toEqual([0, true]);
    app.back();
    expect(app.search.question.text).toBe('dog');
    app.back();
    expect(app.search.asked).toBe(false);
  });
});

describe('the viewer', () => {
  it('goes through the photos of the grid and stops at its ends', () => {
    app.openViewer(299);
    app.viewer.step(-5);
    expect(app.viewer.id).toBe(300);
    app.viewer.show(299);
    app.viewer.step(1);
    expect(app.viewer.id).toBe(1);
  });

  it('shows the details of the photo in sight, not of the last one', async () => {
    app.openViewer(300);
    app.viewer.step(1);
    await settle();
    expect(app.viewer.details?.id).toBe(299);
    expect(app.viewer.similar).not.toContain(299);
  });

  it('looks for similar photos only where one rests', async () => {
    app.openViewer(300);
    for (let step = 0; step < 20; step++) {
      app.viewer.step(1);
      await vi.advanceTimersByTimeAsync(30);
    }
    await settle();
    expect(host.called('similar').length).toBe(1);
  });
});

describe('the indexing job', () => {
  it('is shown, and its end looks at the library and the failures', async () => {
    host.emit(job({}));
    expect(app.activity.running).toBe(true);
    expect(app.activity.share).toBeCloseTo(0.1);
    host.emit(job({ phase: 'scanning' }));
    expect(app.activity.share).toBeNull();
    host.failed = [{ id: 1, path: '/x', reason: 'r' }];
    host.revision = 9;
    host.emit(job({ phase: 'done' }));
    await settle();
    await settle();
    expect(app.activity.running).toBe(false);
    expect(app.activity.failures.length).toBe(1);
    expect(app.library.timeline.revision).toBe(9);
  });

  it('that failed says why', () => {
    host.emit(job({ phase: 'failed', error: { code: 'disk-full', message: 'm', params: {} } }));
    expect(app.toasts.list[0]?.text).toBe('The disk is full.');
  });
});

describe('settings', () => {
  it('take effect at once and are written once', async () => {
    for (let size = 100; size < 200; size += 10) app.settings.change({ thumbnail: size });
    expect(app.settings.values.thumbnail).toBe(190);
    await settle();
    expect(host.called('setSettings').length).toBe(1);
    expect(host.saved.thumbnail).toBe(190);
  });
});

describe('models', () => {
  const event = { kind: 'model' as const, id: 'clip', bytes: 10, total: 100, rate: 1, secondsLeft: 90, error: null };

  it('are downloaded, paused, and gone on with', async () => {
    await app.models.get('clip');
    host.emit({ ...event, phase: 'downloading' });
    expect(app.models.active.map(({ id }) => id)).toEqual(['clip']);
    host.emit({ ...event, phase: 'paused' });
    expect(app.models.active).toEqual([]);
    expect(app.models.downloads.get('clip')?.bytes).toBe(10);
    await app.models.get('clip');
    expect(app.models.downloads.get('clip')).toMatchObject({ phase: 'downloading', bytes: 10 });
    host.emit({ ...event, phase: 'done' });
    await vi.advanceTimersByTimeAsync(1);
    expect(app.models.downloads.has('clip')).toBe(false);
    expect(app.toasts.list.length).toBe(1);
  });

  it('whose download fails keep the reason and what has arrived', async () => {
    host.emit({ ...event, phase: 'failed', error: { code: 'connect', message: 'm', params: {} } });
    await settle();
    expect(app.models.downloads.get('clip')).toMatchObject({ bytes: 10, error: { code: 'connect' } });
  });

  it('come from a file that is here already', async () => {
    await app.models.importFile('clip');
    expect(host.called('modelImport')).toEqual([['clip', '/downloads/clip']]);
  });
});
