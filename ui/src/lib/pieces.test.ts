import { describe, expect, it } from 'vitest';
import { HostError } from '../host/host';
import { en } from '../i18n/en';
import { ko } from '../i18n/ko';
import { timelineBytes } from '../testing/memoryHost';
import { cellLabel } from './cellLabel';
import { sharedResults } from './compare';
import { describeDevice } from './device';
import { describeError } from './errors';
import { folderRows } from './folders';
import { baseName, formatBytes, formatMonth, formatPlace, formatScore, splitDuration } from './format';
import { findByLetter } from './menu';
import { placeMenu, placeSubmenu } from './menuPlace';
import { groupModels } from './modelGroups';
import { labelled, photoMenu } from './photoMenu';
import { atCut } from './sections';
import { cssColour, Flag, indexById, parseTimeline, pickFrom } from './timeline';
import { clampView, fit, fitted, zoomAt } from './zoom';

describe('a timeline', () => {
  const photos = [
    { id: 2 ** 39, time: 5e11, aspect: 0.75, colour: 0xff8000, folder: 3, flags: 9 },
    { id: 1, time: -1e9, aspect: Number.NaN },
  ];
  const timeline = parseTimeline(timelineBytes(photos, 42));

  it('is read as it was written', () => {
    expect([timeline.length, timeline.revision]).toEqual([2, 42]);
    expect([timeline.id[0], timeline.time[0], timeline.aspect[0], timeline.folder[0], timeline.flags[0]]).toEqual([
      2 ** 39,
      5e11,
      0.75,
      3,
      9,
    ]);
    expect(timeline.time[1]).toBe(-1e9);
    expect(cssColour(timeline.colour[0] ?? 0)).toBe('#ff8000');
    expect(cssColour(0x000102)).toBe('#000102');
  });

  it('has a shape for every photo, whatever came', () => {
    expect(timeline.aspect[1]).toBe(1.5);
  });

  it('of half a record is refused', () => {
    expect(() => parseTimeline(new ArrayBuffer(50))).toThrow(RangeError);
    expect(() => parseTimeline(new ArrayBuffer(4))).toThrow(RangeError);
    expect(parseTimeline(new ArrayBuffer(8)).length).toBe(0);
  });

  it('gives photos in another order, and neutral values for strangers', () => {
    const picked = pickFrom(timeline, [1, -1, 0]);
    expect(Array.from(picked.id)).toEqual([1, 0, 2 ** 39]);
    expect([picked.aspect[1], picked.colour[1]]).toEqual([1.5, 0x808080]);
    expect(indexById(timeline).get(1)).toBe(1);
  });
});

describe('what is said of a photo', () => {
  const day = Date.UTC(2024, 4, 3);
  const photos = parseTimeline(
    timelineBytes(
      [
        { id: 7, time: day, flags: Flag.offline | Flag.pending },
        { id: 8, time: 0 },
      ],
      1,
    ),
  );

  it('is its number, its day and its state', () => {
    expect(cellLabel(photos, 0, null, en, 'en-GB')).toBe('Photo 7, 3 May 2024, Offline, Not looked at yet');
    expect(cellLabel(photos, 1, 0.25, en, 'en-GB')).toBe('Photo 8, 0.250');
    expect(cellLabel(photos, 0, null, ko, 'ko')).toBe('사진 7, 2024. 5. 3., 연결 안 됨, 아직 살펴보지 않음');
  });
});

describe('results', () => {
  it('are divided at the cut, without empty sides', () => {
    const sizes = (count: number, strong: number) => atCut(count, strong).map(({ kind, from, to }) => [kind, from, to]);
    expect(sizes(10, 4)).toEqual([
      ['strong', 0, 4],
      ['rest', 4, 10],
    ]);
    expect(sizes(10, 0)).toEqual([['rest', 0, 10]]);
    expect(sizes(10, 40)).toEqual([['strong', 0, 10]]);
  });

  it('that two lists share are those of both, best first', () => {
    expect(sharedResults([1, 2, 3, 4], [9, 4, 3, 1])).toEqual([
      { id: 1, meaning: 0, look: 3 },
      { id: 3, meaning: 2, look: 2 },
      { id: 4, meaning: 3, look: 1 },
    ]);
    expect(sharedResults([1], [])).toEqual([]);
  });
});

describe('values in words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [16_400_000, '16 MB'],
    [1_640_000, '1.6 MB'],
    [605_157_884, '605 MB'],
    [999_600_000, '1 GB'],
    [9_960_000, '10 MB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });

  it.each([
    [0.4, 0, 0, 0],
    [59.4, 0, 0, 59],
    [59.6, 0, 1, 0],
    [3599, 1, 0, 0],
    [5400, 1, 30, 0],
    [-3, 0, 0, 0],
  ])('%f seconds', (given, hours, minutes, seconds) => {
    expect(splitDuration(given)).toEqual({ hours, minutes, seconds });
  });

  it('are those of the camera’s clock and the locale', () => {
    const newYear = Date.UTC(2024, 0, 1, 0, 10);
    expect(formatMonth(newYear, 'en-GB')).toBe('January 2024');
    expect(formatMonth(newYear, 'ko')).toBe('2024년 1월');
    expect(formatPlace(-33.8568, 151.2153, 'en')).toBe('33.8568° S, 151.2153° E');
    expect(formatScore(0.24, 'en')).toBe('0.240');
  });

  it.each([
    ['/a/b/c.jpg', 'c.jpg'],
    ['C:\\a\\b\\', 'b'],
    ['c', 'c'],
  ])('the last part of %s is %s', (path, name) => {
    expect(baseName(path)).toBe(name);
  });

  it('say why the CPU is used, and of a GPU only that it is', () => {
    const cpu = { kind: 'cpu' as const, name: '8 threads', reason: 'no GPU was found' };
    expect(describeDevice(cpu, en, 'en')).toBe('CPU: 8 threads, because no GPU was found');
    expect(describeDevice(cpu, ko, 'ko')).toBe('CPU: 스레드 8개 (이유: 사용할 수 있는 GPU가 없습니다)');
    expect(describeDevice({ ...cpu, kind: 'gpu', name: 'H100' }, en, 'en')).toBe('GPU: H100');
  });
});

describe('errors', () => {
  const error = (code: string, params = {}) => new HostError({ code, message: 'raw words', params });

  it('have words of the window’s own in each language', () => {
    expect(describeError(error('disk-full'), en)).toBe('The disk is full.');
    expect(describeError(error('disk-full'), ko)).toBe('디스크 공간이 부족합니다.');
    expect(describeError(error('never-heard-of'), en)).toBe('Something went wrong.');
  });

  it('in a query name the problem', () => {
    expect(
      describeError(error('query', { problem: 'missing-value', name: 'since', example: 'since:2024' }), en),
    ).toContain('since:2024');
    expect(describeError(error('query', { problem: 'new-problem' }), en)).toBe('raw words');
  });

  it.each([
    ['connect', 'No connection.'],
    ['wrong-file', 'The file is not the right one'],
    ['wrong-download', 'It was refused.'],
    ['disk-full', 'The disk is full.'],
    ['broken-off', 'The connection broke off.'],
    ['model', 'The model could not be used.'],
  ])('of models are told apart: %s', (code, text) => {
    expect(describeError(error(code), en)).toContain(text);
    const retrying = describeError(error('retrying', { problem: code, seconds: '4' }), en);
    expect(retrying).toContain(text);
    expect(retrying).toMatch(/Trying again in 4 s\.$/);
  });

  it('are made of whatever was thrown', () => {
    expect(HostError.from({ code: 'io', message: 'm', params: { path: '/x' } }).params.path).toBe('/x');
    expect(HostError.from('text').code).toBe('unexpected');
    expect(HostError.from(new Error('inner')).message).toBe('inner');
  });
});

describe('the menu', () => {
  const ids = (subject: Parameters<typeof photoMenu>[0]) =>
    photoMenu(subject)
      .flat()
      .map(({ id }) => id);

  it('has words in the language of the page, in submenus, too', () => {
    const menu = labelled(photoMenu({ count: 1, offline: false, selected: false }), ko, 'macos').flat();
    const find = menu.find(({ id }) => id === 'find-similar');
    expect(find?.label).toBe(ko.menuFindSimilar);
    expect(find?.items?.map(({ label, shortcut }) => [label, shortcut])).toEqual([
      [ko.byMeaning, 'M'],
      [ko.byLook, 'L'],
    ]);
    expect(menu.find(({ id }) => id === 'show-in-folder')?.label).toBe(ko.menuShowInFolder.macos);
  });

  it('is gone through by letters, round and round', () => {
    const labels = ['Open', 'Copy', 'Compare', 'Select'];
    expect([-1, 1, 2].map((from) => findByLetter(labels, from, 'C'))).toEqual([1, 2, 1]);
    expect(findByLetter(labels, 0, 'x')).toBe(-1);
    expect(findByLetter(['열기', '복사'], -1, '복')).toBe(1);
  });

  it('of one photo has both ways of finding similar ones below one item', () => {
    const find = photoMenu({ count: 1, offline: false, selected: false })
      .flat()
      .find(({ id }) => id === 'find-similar');
    expect(find?.items?.map(({ id }) => id)).toEqual(['similar-meaning', 'similar-look']);
    expect(ids({ count: 1, offline: false, selected: false })).toContain('select');
    expect(ids({ count: 1, offline: false, selected: true })).toContain('deselect');
  });

  it('of several photos has what makes sense for several', () => {
    const several = ids({ count: 3, offline: false, selected: true });
    expect(several).toContain('more-like-these');
    expect(several).not.toContain('open');
    expect(several).not.toContain('copy-picture');
  });

  it('has what is about people where they are looked for, and of a person’s photos what is about them', () => {
    const one = { count: 1, offline: false, selected: false };
    expect(ids(one)).not.toContain('find-person');
    expect(ids({ ...one, people: true })).toContain('find-person');
    expect(ids({ ...one, people: true })).not.toContain('not-them');
    expect(ids({ ...one, person: true })).toEqual(expect.arrayContaining(['not-them', 'split-off', 'use-as-cover']));
    const several = ids({ ...one, count: 2, people: true, person: true });
    expect(several).toContain('not-them');
    expect(several).not.toContain('use-as-cover');
    expect(several).not.toContain('find-person');
  });

  it('of photos out of reach dims what needs the file', () => {
    const dimmed = photoMenu({ count: 1, offline: true, selected: false })
      .flat()
      .filter(({ disabled }) => disabled);
    expect(dimmed.map(({ id }) => id)).toEqual(['show-in-folder', 'open-with', 'copy-picture']);
  });

  it('stays in the window', () => {
    const frame = { width: 1000, height: 800 };
    expect(placeMenu({ x: 100, y: 100 }, { width: 200, height: 300 }, frame)).toEqual({ x: 100, y: 100 });
    expect(placeMenu({ x: 950, y: 700 }, { width: 200, height: 300 }, frame)).toEqual({ x: 750, y: 400 });
    expect(placeMenu({ x: 100, y: 300 }, { width: 200, height: 780 }, frame).y).toBe(8);
    expect(placeSubmenu({ left: 700, right: 900, top: 20 }, { width: 200, height: 90 }, frame).x).toBe(500);
    expect(placeSubmenu({ left: 100, right: 300, top: 780 }, { width: 200, height: 90 }, frame)).toEqual({
      x: 300,
      y: 702,
    });
  });
});

describe('folders', () => {
  const folder = {
    id: 1,
    path: 'C:\\Photos',
    name: 'Photos',
    online: true,
    photos: 9,
    subfolders: [
      { name: '2024', relative: '2024', photos: 5 },
      { name: 'Rome', relative: '2024/Rome', photos: 2 },
      { name: 'Old', relative: 'Old', photos: 1 },
    ],
  };
  const names = (open: string[]) => folderRows([folder], new Set(open)).map(({ name, depth }) => `${depth} ${name}`);

  it('open level by level', () => {
    expect(names([])).toEqual(['0 Photos']);
    expect(names(['C:\\Photos'])).toEqual(['0 Photos', '1 2024', '1 Old']);
    expect(names(['C:\\Photos', 'C:\\Photos\\2024'])).toEqual(['0 Photos', '1 2024', '2 Rome', '1 Old']);
    expect(names(['C:\\Photos\\2024'])).toEqual(['0 Photos']);
  });

  it('have the paths of their system', () => {
    const rows = folderRows([folder], new Set(['C:\\Photos', 'C:\\Photos\\2024']));
    expect(rows.find(({ name }) => name === 'Rome')?.path).toBe('C:\\Photos\\2024\\Rome');
  });
});

describe('models', () => {
  it('stand where they serve, those of no use yet nowhere', () => {
    const model = {
      reason: null,
      bytes: 1,
      bytesHere: 0,
      licence: 'MIT',
      source: null,
      notice: null,
      path: null,
      title: '',
    };
    const rest = { ...model, inUseFor: [], default: false };
    const groups = groupModels([
      { ...rest, id: 'starter', purposes: ['meaning', 'look'], state: 'built-in' },
      { ...rest, id: 'clip', purposes: ['meaning'], state: 'missing', default: true },
      { ...rest, id: 'other', purposes: ['meaning'], state: 'missing' },
      { ...rest, id: 'begun', purposes: ['look'], state: 'partial' },
      { ...rest, id: 'faces', purposes: ['face-detection'], state: 'missing', default: true },
      { ...rest, id: 'languages', purposes: ['multilingual-text'], state: 'installed' },
    ]);
    expect(groups.map(({ main }) => main.map(({ id }) => id))).toEqual([
      ['starter', 'clip'],
      ['starter', 'begun'],
      ['faces'],
    ]);
    expect(groups[0]?.others.map(({ id }) => id)).toEqual(['other']);
    const opt = { ...rest, purposes: ['face-embedding' as const], state: 'missing' as const };
    const [, , faces] = groupModels(
      [
        { ...opt, id: 'wanted' },
        { ...opt, id: 'unwanted' },
      ],
      ['wanted'],
    );
    expect([faces?.main, faces?.others].map((part) => part?.map(({ id }) => id))).toEqual([['wanted'], ['unwanted']]);
  });
});

describe('the picture in the viewer', () => {
  const frame = { width: 1000, height: 500 };
  const shown = { width: 750, height: 500 };

  it('fits, and is not enlarged by itself', () => {
    expect(fit({ width: 3000, height: 2000 }, frame)).toEqual(shown);
    expect(fit({ width: 300, height: 200 }, frame)).toEqual({ width: 300, height: 200 });
    expect(fit({ width: 0, height: 9 }, frame)).toEqual({ width: 0, height: 0 });
  });

  it('keeps the point under the pointer where it is', () => {
    const view = zoomAt({ scale: 2, x: 100, y: 0 }, 2, 150, 100, { width: 2000, height: 1000 }, frame);
    const before = (150 - 100) / 2;
    expect((150 - view.x) / view.scale).toBeCloseTo(before);
  });

  it('is neither lost nor smaller than the frame', () => {
    expect(zoomAt(fitted, 0.1, 0, 0, shown, frame)).toEqual(fitted);
    expect(zoomAt(fitted, 1000, 0, 0, shown, frame).scale).toBe(16);
    expect(clampView({ scale: 2, x: 9999, y: -9999 }, shown, frame)).toEqual({ scale: 2, x: 250, y: -250 });
    expect(clampView({ scale: 1, x: 50, y: 50 }, shown, frame)).toEqual(fitted);
  });
});
