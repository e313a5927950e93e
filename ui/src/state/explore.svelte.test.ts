import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PointState } from '../drawing/painter';
import { HostError } from '../host/host';
import type { DuplicateGroup, DuplicatePhoto, PhotoTheme } from '../host/types';
import { mapBytes, MemoryHost } from '../testing/memoryHost';
import { App } from './app.svelte';

let host: MemoryHost;
let app: App;

const theme = (id: number, parent: number | null, photos: number): PhotoTheme => {
  return { id, parent, name: null, words: [{ en: `thing ${id}`, ko: `것 ${id}` }], photos, covers: [id] };
};
const settle = () => vi.advanceTimersByTimeAsync(1000);

beforeEach(async () => {
  vi.useFakeTimers();
  host = new MemoryHost();
  host.photos = Array.from({ length: 60 }, (_, index) => ({
    id: 60 - index,
    time: Date.UTC(2024, 5, 30) - index * 864e5,
    folder: index % 2,
  }));
  host.places = host.photos.map(({ id }) => ({ id, x: id / 60, y: -id / 60, theme: id <= 10 ? 2 : id <= 30 ? 3 : -1 }));
  host.sketch = host.places.map(({ id, x }) => ({ id, x: 0, y: x }));
  host.about = {
    themes: [theme(1, null, 30), theme(2, 1, 10), theme(3, 1, 20)],
    unsorted: 30,
    photos: 60,
    model: 'starter',
  };
  app = new App(host);
  await app.prepare();
  await app.load();
  app.explore.map.resize({ width: 800, height: 600 });
});
afterEach(() => vi.useRealTimers());

describe('an exploration', () => {
  it('is asked once for the same photos, and again when they have changed', async () => {
    const { themes } = app.explore;
    await themes.look();
    await themes.look();
    expect(host.called('themes').length).toBe(1);
    expect(themes.exploration.result?.themes.length).toBe(3);
    host.revision = 2;
    host.emit({ kind: 'library', revision: 2 });
    await settle();
    const again = themes.look();
    expect(themes.exploration.result).not.toBeNull();
    await again;
    expect(host.called('themes').length).toBe(2);
  });

  it('says how far it is, of its own request alone', async () => {
    let end: () => void = () => undefined;
    host.exploring = new Promise((resolve) => (end = resolve));
    const { exploration } = app.explore.duplicates;
    const asked = app.explore.duplicates.look();
    const { ticket } = host.called('duplicates')[0]?.[0] as { ticket: number };
    host.emit({ kind: 'exploring', ticket: ticket + 1, phase: 'hashing', done: 9, total: 10 });
    expect(exploration.share).toBeNull();
    host.emit({ kind: 'exploring', ticket, phase: 'hashing', done: 5, total: 10 });
    expect(exploration.share).toBe(0.5);
    end();
    await asked;
    expect([exploration.busy, exploration.progress]).toEqual([false, null]);
  });

  it('can be called off, and goes on when it is asked for', async () => {
    let end: () => void = () => undefined;
    host.exploring = new Promise((resolve) => (end = resolve));
    const { outliers } = app.explore;
    const asked = outliers.look();
    outliers.exploration.cancel();
    end();
    await asked;
    expect([outliers.exploration.stopped, outliers.exploration.error]).toEqual([true, null]);
    await outliers.look();
    expect(host.called('outliers').length).toBe(1);
    outliers.exploration.forget();
    await outliers.look();
    expect([outliers.exploration.stopped, outliers.exploration.result?.model]).toEqual([false, 'starter']);
  });

  it('goes on when the library changes meanwhile, and is asked again afterwards', async () => {
    let end: () => void = () => undefined;
    host.exploring = new Promise((resolve) => (end = resolve));
    const { duplicates } = app.explore;
    const looked = [duplicates.look()];
    for (let revision = 2; revision < 5; revision++) {
      host.revision = revision;
      host.emit({ kind: 'library', revision });
      await settle();
      looked.push(duplicates.look());
    }
    expect([host.called('duplicates').length, host.called('cancelExploring').length]).toEqual([1, 0]);
    end();
    await Promise.all(looked);
    await duplicates.look();
    expect(host.called('duplicates').length).toBe(2);
  });

  it('of other photos ends the one before, whose late answer is dropped', async () => {
    let end: () => void = () => undefined;
    host.exploring = new Promise((resolve) => (end = resolve));
    const { themes } = app.explore;
    const first = themes.look();
    app.explore.folder = { path: '/photos/My trips', name: 'My trips' };
    host.about = { ...host.about, unsorted: 7 };
    const second = themes.look();
    end();
    await Promise.all([first, second]);
    const requests = host.called('themes').map(([request]) => request as { filter: string; ticket: number });
    expect(requests.map(({ filter }) => filter)).toEqual(['', 'folder:"/photos/My trips"']);
    expect(host.called('cancelExploring')).toEqual([[requests[0]?.ticket]]);
    expect(themes.exploration.result?.unsorted).toBe(7);
  });

  it('that goes wrong says so, and leaves no old answer of other photos', async () => {
    const { outliers } = app.explore;
    await outliers.look();
    host.trouble = new HostError({ code: 'not-indexed', message: 'm', params: {} });
    outliers.compareWith(true);
    await settle();
    expect([outliers.exploration.error?.code, outliers.exploration.result]).toEqual(['not-indexed', null]);
    expect(host.called('outliers').map(([request]) => (request as { perFolder: boolean }).perFolder)).toEqual([
      false,
      true,
    ]);
  });
});

describe('themes', () => {
  beforeEach(() => app.explore.themes.look());

  it('are looked at level by level', () => {
    const { themes } = app.explore;
    expect(themes.shown.map(({ id }) => id)).toEqual([1]);
    themes.open = 1;
    expect(themes.shown.map(({ id }) => id)).toEqual([3, 2]);
    themes.open = 3;
    expect(themes.path.map(({ id }) => id)).toEqual([1, 3]);
    themes.open = 999;
    expect(themes.shown.map(({ id }) => id)).toEqual([1]);
  });

  it('take a name at once, and give it back when it is not kept', async () => {
    const { themes } = app.explore;
    await themes.rename(theme(1, null, 30), '  Summer ');
    expect(themes.tree.get(1)?.name).toBe('Summer');
    expect(host.called('nameTheme')).toEqual([['meaning', 1, 'Summer']]);
    host.nameTheme = async () => {
      throw { code: 'database', message: 'm', params: {} };
    };
    const named = themes.tree.get(1);
    if (!named) throw new Error('the theme is gone');
    await themes.rename(named, '');
    expect(themes.tree.get(1)?.name).toBe('Summer');
    expect(app.toasts.list.length).toBe(1);
  });

  it('are not written when the name stays', async () => {
    await app.explore.themes.rename(theme(1, null, 30), ' ');
    expect(host.called('nameTheme')).toEqual([]);
  });

  it('open as a grid in their own order, and the way back leads to their page', async () => {
    app.page = 'themes';
    app.showInGrid([7, 3, 9], 'Thing', true);
    expect([app.page, app.shown.dated]).toEqual(['photos', false]);
    expect(Array.from(app.shown.photos.id)).toEqual([7, 3, 9]);
    await settle();
    expect(host.called('search')).toEqual([]);
    app.back();
    expect([app.page, app.search.asked]).toEqual(['themes', false]);
  });
});

describe('photos that are put together', () => {
  it('go by time when they have no order', () => {
    app.page = 'map';
    app.selection.take([3, 50, 20], false);
    app.showInGrid(app.selected(), 'Selected');
    expect(Array.from(app.shown.photos.id)).toEqual([50, 20, 3]);
    expect(app.selected()).toEqual([50, 20, 3]);
  });

  it('are left by typing, and are not asked for again', async () => {
    app.showInGrid([1, 2], 'Two');
    app.search.again();
    await vi.advanceTimersByTimeAsync(5000);
    expect(host.called('search')).toEqual([]);
    app.search.ask('dog');
    await settle();
    expect([app.search.question.picked, app.shown.photos.length]).toEqual([null, 10]);
  });
});

describe('duplicates', () => {
  const photo = (id: number, relation: DuplicatePhoto['relation']): DuplicatePhoto => {
    return { id, relation, similarity: 1, width: 4, height: 3, bytes: 5, format: 'JPEG', takenAt: null, sharpness: 1 };
  };
  const group: DuplicateGroup = {
    keeper: 1,
    reason: 'date',
    photos: [photo(1, 'keeper'), photo(2, 'resized'), photo(3, 'mirrored')],
  };

  beforeEach(async () => {
    host.found = { groups: [group], photos: 60, bytes: 10, model: 'starter' };
    await app.explore.duplicates.look();
  });

  it('are selected but for the keepers, and narrowed by kind', () => {
    const { duplicates } = app.explore;
    app.page = 'duplicates';
    app.selection.take(duplicates.spare, false);
    expect(app.selected()).toEqual([2, 3]);
    duplicates.only('mirrored');
    expect([duplicates.spare, duplicates.bytes]).toEqual([[3], 5]);
  });

  it('are compared with the keeper, one after the other', () => {
    const { duplicates } = app.explore;
    duplicates.compare(group, photo(2, 'resized'));
    const others = [0, 1, 2].map(() => {
      duplicates.step(1);
      return duplicates.compared?.other.id;
    });
    expect(others).toEqual([3, 2, 3]);
    expect(duplicates.compared?.keeper.id).toBe(1);
  });

  it('are written to a file that the user chose, or to none', async () => {
    const { duplicates } = app.explore;
    await duplicates.save('csv');
    expect(app.toasts.list.map(({ text }) => text)).toEqual(['The list is in /lists/duplicates.csv']);
    host.saveDuplicates = async () => null;
    await duplicates.save('json');
    expect([app.toasts.list.length, duplicates.saving]).toEqual([1, false]);
  });
});

describe('the map', () => {
  it('shows a sketch at once; its photos move to their places from there', async () => {
    let end: () => void = () => undefined;
    host.exploring = new Promise((resolve) => (end = resolve));
    const { map } = app.explore;
    const looked = map.look();
    await settle();
    expect([map.placed.map.kind, map.moving, map.placed.map.length]).toEqual(['preview', false, 60]);
    end();
    await looked;
    expect([map.placed.map.kind, map.moving]).toEqual(['arranged', true]);
    expect(map.placed.from[1]).toBeCloseTo(1);
    map.tick(1000);
    expect(map.tick(1700)).toBe(true);
    expect(map.share).toBeCloseTo(0.5);
    expect(map.tick(2400)).toBe(false);
    expect(map.share).toBe(1);
  });

  it('does not move by itself where that is not wanted', async () => {
    const { map } = app.explore;
    map.calm = true;
    await map.look();
    app.explore.space = 'look';
    await map.look();
    expect(map.moving).toBe(false);
    map.show([5]);
    expect(map.tick(1)).toBe(false);
    expect(map.camera.x).toBeCloseTo(5 / 60);
  });

  it('is arranged anew by the other network, from where the photos are', async () => {
    const { map } = app.explore;
    await map.look();
    map.tick(1);
    map.tick(1e9);
    host.places = host.places.map((place) => ({ ...place, x: -place.x }));
    app.explore.space = 'look';
    await map.look();
    expect(host.called('photoMap').map(([request]) => (request as { space: string }).space)).toEqual([
      'meaning',
      'look',
    ]);
    expect([map.placed.from[0], map.placed.to[0]]).toEqual([1, -1]);
  });

  it('keeps its answer when the sketch comes late', async () => {
    let late: (bytes: ArrayBuffer) => void = () => undefined;
    host.photoMapPreview = () => new Promise((resolve) => (late = resolve));
    const { map } = app.explore;
    await map.look();
    await settle();
    late(mapBytes(host.sketch, 0));
    await settle();
    expect([host.called('photoMap').length, map.placed.map.kind]).toEqual([1, 'arranged']);
  });

  it('brings a photo into sight from its menu, however the map was left', async () => {
    app.explore.folder = { path: '/elsewhere', name: 'elsewhere' };
    app.actions.run('show-on-map', [12], 12);
    expect([app.page, app.explore.folder, app.selected()]).toEqual(['map', null, [12]]);
    await app.explore.map.look();
    const { map } = app.explore;
    map.tick(1);
    map.tick(1e6);
    expect(map.camera.x).toBeCloseTo(0.2);
    expect(map.idAt(map.pointed)).toBe(12);
  });

  it('lets what is found, a theme, or a time stand out', async () => {
    await Promise.all([app.explore.map.look(), app.explore.themes.look()]);
    const { look } = app;
    const count = (state: number) => look.states.filter((each) => each === state).length;
    expect(count(PointState.plain)).toBe(60);
    look.theme = 1;
    expect([count(PointState.lit), count(PointState.dim)]).toEqual([30, 30]);
    look.theme = 3;
    expect(count(PointState.lit)).toBe(20);
    app.search.ask('dog');
    await settle();
    expect([count(PointState.lit), count(PointState.dim)]).toEqual([10, 50]);
    app.selection.take([1], false);
    expect(count(PointState.chosen)).toBe(1);
    look.span = { from: Date.UTC(2024, 5, 26), to: Date.UTC(2024, 5, 30) };
    expect([count(PointState.lit), count(PointState.hidden), count(PointState.chosen)]).toEqual([5, 54, 1]);
  });

  it('is coloured by theme, by date and by folder', async () => {
    await Promise.all([app.explore.map.look(), app.explore.themes.look()]);
    const { look } = app;
    const different = () => new Set(Array.from({ length: 60 }, (_, index) => look.colourOf(index).join())).size;
    expect(different()).toBe(2);
    expect(look.colours.length).toBe(240);
    look.colouring = 'date';
    expect(different()).toBeGreaterThan(30);
    look.colouring = 'folder';
    expect(different()).toBe(1);
  });

  it('asks what lies in the folders of an only folder, and once more when it was interrupted', async () => {
    const status = host.status();
    const subfolders = [
      { name: 'a', relative: 'a', photos: 2 },
      { name: 'deep', relative: 'a/deep', photos: 9 },
      { name: 'b', relative: 'b', photos: 5 },
    ];
    host.status = () => ({ ...status, folders: status.folders.map((folder) => ({ ...folder, subfolders })) });
    await app.library.refresh();
    await settle();
    host.answering = (request) => {
      const ids = 'query' in request && request.query.endsWith('/b') ? [1, 2, 3] : [3, 4];
      return {
        ...host.ranked({ offset: 0, limit: 0 }),
        results: ids.map((id) => ({ rank: 1, id, score: null, offline: false })),
      };
    };
    host.trouble = new HostError({ code: 'superseded', message: 'm', params: {} });
    const { folders } = app.look;
    await folders.look();
    expect(host.called('search').map(([request]) => (request as { query: string }).query)).toEqual([
      'folder:/photos/b',
      'folder:/photos/b',
      'folder:/photos/a',
    ]);
    expect(folders.groups.map(({ name }) => name)).toEqual(['b', 'a']);
    expect([1, 3, 4, 9].map((id) => folders.lookup()(id, 1))).toEqual([0, 0, 1, -1]);
    await folders.look();
    expect(host.called('search').length).toBe(3);
  });

  it('stays where it was moved to when the window changes its size', async () => {
    const { map } = app.explore;
    await map.look();
    map.zoomBy(3);
    const { scale } = map.camera;
    map.resize({ width: 400, height: 300 });
    expect(map.camera.scale).toBe(scale);
    map.fitAll();
    map.tick(1);
    map.tick(1e6);
    const before = map.camera.scale;
    map.resize({ width: 1600, height: 1200 });
    expect(map.camera.scale).toBeGreaterThan(before);
  });
});
