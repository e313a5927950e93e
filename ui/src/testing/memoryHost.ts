import { HostError, type Host } from '../host/host';
import type {
  Answer,
  AppInfo,
  Completion,
  Duplicates,
  Event,
  ExploreRequest,
  Failure,
  LibraryStatus,
  Licence,
  ListFormat,
  ModelStatus,
  Outliers,
  OutliersRequest,
  PhotoDetails,
  PickedPicture,
  SearchRequest,
  Settings,
  SimilarRequest,
  Space,
  Themes,
} from '../host/types';
import { MemoryPeople } from './memoryPeople';

/** A photo of {@link MemoryHost}. */
export interface MemoryPhoto {
  id: number;
  time: number;
  aspect?: number;
  colour?: number;
  folder?: number;
  flags?: number;
}

/** The bytes of a timeline, as the host's `timeline()` gives them. */
export function timelineBytes(photos: readonly MemoryPhoto[], revision: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(8 + 32 * photos.length));
  view.setFloat64(0, revision, true);
  photos.forEach((photo, index) => {
    const at = 8 + 32 * index;
    view.setFloat64(at, photo.time, true);
    view.setFloat64(at + 8, photo.id, true);
    view.setFloat32(at + 16, photo.aspect ?? 1.5, true);
    view.setUint32(at + 20, photo.colour ?? 0x808080, true);
    view.setUint32(at + 24, photo.folder ?? 1, true);
    view.setUint32(at + 28, photo.flags ?? 0, true);
  });
  return view.buffer;
}

/** A photo on a map, as {@link mapBytes} takes it. */
export interface MemoryPlace {
  id: number;
  x: number;
  y: number;
  theme?: number;
}

/** The bytes of a map, as the host's `photoMap()` gives them. */
export function mapBytes(places: readonly MemoryPlace[], kind: 0 | 1 = 1, trust = NaN): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(16 + 24 * places.length));
  view.setUint32(0, 1, true);
  view.setUint32(4, places.length, true);
  view.setFloat32(8, trust, true);
  view.setUint32(12, kind, true);
  places.forEach(({ id, x, y, theme = -1 }, index) => {
    const at = 16 + 24 * index;
    view.setBigInt64(at, BigInt(id), true);
    view.setFloat32(at + 8, x, true);
    view.setFloat32(at + 12, y, true);
    view.setInt32(at + 16, theme, true);
  });
  return view.buffer;
}

/** A host for tests, without a program behind it. Its fields are what it answers; `calls` is what it was asked. */
export class MemoryHost implements Host {
  photos: MemoryPhoto[] = [];
  revision = 1;
  state: LibraryStatus['state'] = 'ready';
  locale = 'en-GB';
  saved: Settings = { language: 'system', theme: 'system', device: 'auto', thumbnail: 200, viewMode: 'justified' };
  queries: string[] = [];
  completions: Completion[] = [];
  failed: Failure[] = [];
  known: ModelStatus[] = [];
  mirrorAddress: string | null = null;
  chosenFolders: string[] = [];
  /** What the next search throws. */
  trouble: HostError | null = null;
  found: Duplicates = { groups: [], photos: 0, bytes: 0, model: 'starter' };
  strange: Outliers = { outliers: [], photos: 0, model: 'starter' };
  about: Themes = { themes: [], unsorted: 0, photos: 0, model: 'starter' };
  places: MemoryPlace[] = [];
  sketch: MemoryPlace[] = [];
  /** What explorations wait for, so that they can be called off in between. */
  exploring: Promise<void> = Promise.resolve();
  /** Makes the answer to a question; `similar` is null for searches. */
  answering = (request: SearchRequest | SimilarRequest): Answer => this.ranked(request);
  readonly crowd = new MemoryPeople();
  readonly calls: { name: string; arguments: unknown[] }[] = [];
  readonly #cancelled = new Set<number>();
  #listener: (event: Event) => void = () => undefined;

  /** All photos in order, the first ten as strong matches. */
  ranked({ offset, limit }: { offset: number; limit: number }): Answer {
    const results = this.photos.slice(offset, offset + limit).map(({ id }, index) => {
      return { rank: offset + index + 1, id, score: 0.3 - (offset + index) / 1000, offline: false };
    });
    const total = this.photos.length;
    return { model: 'starter', tookMs: 4, strong: Math.min(10, total), total, device: null, results };
  }

  emit(event: Event) {
    this.#listener(event);
  }

  called(name: string): unknown[][] {
    return this.calls.filter((call) => call.name === name).map((call) => call.arguments);
  }

  status(): LibraryStatus {
    const total = this.photos.length;
    return {
      state: this.state,
      photos: { total, ready: total, pending: 0, failed: 0, offline: 0 },
      folders: [{ id: 1, path: '/photos', name: 'photos', online: true, photos: total, subfolders: [] }],
      models: [],
      meaning: 'starter',
      look: 'starter',
      switching: [],
      device: null,
      revision: this.revision,
    };
  }

  appInfo = async (): Promise<AppInfo> => {
    return { version: '0.1.0', platform: 'linux', locale: this.locale, library: '/library', models: '/models' };
  };
  settings = async () => this.saved;
  setSettings = async (settings: Settings) => {
    this.#note('setSettings', settings);
    return (this.saved = settings);
  };

  libraryStatus = async () => this.status();
  libraryBytes = async () => 812_000_000;
  repairLibrary = async () => {
    this.#note('repairLibrary');
    this.state = 'empty';
    return this.status();
  };
  timeline = async () => {
    this.#note('timeline');
    return timelineBytes(this.photos, this.revision);
  };
  photo = async (id: number): Promise<PhotoDetails> => {
    const taken = this.photos.find((photo) => photo.id === id);
    if (!taken) throw new HostError({ code: 'unknown-photo', message: `no photo ${id}`, params: {} });
    return {
      id,
      path: `/photos/${id}.jpg`,
      name: `${id}.jpg`,
      folder: '/photos',
      bytes: 3_400_000,
      modified: taken.time,
      takenAt: taken.time,
      width: 4000,
      height: Math.round(4000 / (taken.aspect ?? 1.5)),
      camera: null,
      lens: null,
      latitude: null,
      longitude: null,
      state: 'ready',
      reason: null,
      offline: false,
      format: 'JPEG',
      seenBy: [],
    };
  };

  search = async (request: SearchRequest) => {
    this.#note('search', request);
    return this.#answer(request);
  };
  similar = async (request: SimilarRequest) => {
    this.#note('similar', request);
    return this.#answer(request);
  };
  complete = async (query: string, cursor: number) => {
    this.#note('complete', query, cursor);
    return this.completions;
  };
  history = async () => this.queries;
  addToHistory = async (query: string) => void (this.queries = [query, ...this.queries]);
  clearHistory = async () => void (this.queries = []);

  duplicates = async (request: ExploreRequest) => this.#explore('duplicates', request, () => this.found);
  outliers = async (request: OutliersRequest) => this.#explore('outliers', request, () => this.strange);
  themes = async (request: ExploreRequest) => this.#explore('themes', request, () => this.about);
  themePhotos = async (space: Space, id: number) => {
    this.#note('themePhotos', space, id);
    return this.places.filter(({ theme }) => theme === id).map((place) => place.id);
  };
  nameTheme = async (space: Space, id: number, name: string | null) => this.#note('nameTheme', space, id, name);
  photoMap = async (request: ExploreRequest) => this.#explore('photoMap', request, () => mapBytes(this.places));
  photoMapPreview = async (request: ExploreRequest) => {
    this.#note('photoMapPreview', request);
    return mapBytes(this.sketch, 0);
  };
  cancelExploring = async (ticket: number) => {
    this.#note('cancelExploring', ticket);
    this.#cancelled.add(ticket);
  };
  saveDuplicates = async (request: ExploreRequest, format: ListFormat): Promise<string | null> => {
    this.#note('saveDuplicates', request, format);
    return `/lists/duplicates.${format}`;
  };

  pickFolders = async () => this.chosenFolders;
  pickPictures = async (): Promise<PickedPicture[]> => [];
  pickModelFile = async (id: string): Promise<string | null> => `/downloads/${id}`;
  pastePicture = async (): Promise<PickedPicture> => ({ token: 'pasted', name: 'pasted', photo: null });

  forgetPicture = async (token: string) => this.#note('forgetPicture', token);

  addFolders = async (paths: string[]) => {
    this.#note('addFolders', paths);
    this.state = 'ready';
    return this.status();
  };
  removeFolder = async (id: number) => {
    this.#note('removeFolder', id);
    return this.status();
  };
  index = async (retryFailed: boolean) => this.#note('index', retryFailed);
  jobPause = async () => this.#note('jobPause');
  jobResume = async () => this.#note('jobResume');
  jobCancel = async () => this.#note('jobCancel');
  watch = async (listener: (event: Event) => void) => void (this.#listener = listener);
  failures = async () => this.failed;

  models = async () => this.known;
  modelGet = async (id: string) => this.#note('modelGet', id);
  modelPause = async (id: string) => this.#note('modelPause', id);
  modelCancel = async (id: string) => this.#note('modelCancel', id);
  modelImport = async (id: string, path: string) => this.#note('modelImport', id, path);
  modelRemove = async (id: string) => this.#note('modelRemove', id);
  mirror = async () => this.mirrorAddress;
  setMirror = async (address: string | null) => void (this.mirrorAddress = address);

  peopleStatus = async () => this.crowd.status();
  setPeople = async (on: boolean) => {
    this.#note('setPeople', on);
    this.crowd.state = !on ? 'off' : this.crowd.missing.length > 0 ? 'needsModels' : 'on';
    return this.crowd.status();
  };
  erasePeople = async () => {
    this.crowd.erase();
    return this.crowd.status();
  };
  people = async () => this.crowd.people();
  person = async (id: number) => this.crowd.details(id);
  photoFaces = async (photo: number) => this.crowd.inPhoto(photo);
  namePerson = async (id: number, name: string | null) =>
    this.#noted('namePerson', [id, name], this.crowd.name(id, name));
  mergePeople = async (into: number, from: number[]) =>
    this.#noted('mergePeople', [into, from], this.crowd.merge(into, from));
  splitPerson = async (id: number, faces: number[]) => this.#noted('splitPerson', [id, faces], this.crowd.split(faces));
  thisIs = async (faces: number[], person: number | null, name: string | null) =>
    this.#noted('thisIs', [faces, person, name], this.crowd.thisIs(faces, person, name));
  thisIsNot = async (faces: number[], person: number) =>
    this.#noted('thisIsNot', [faces, person], this.crowd.thisIsNot(faces, person));
  notFaces = async (faces: number[]) => this.#noted('notFaces', [faces], this.crowd.notFaces(faces));
  hidePerson = async (id: number, hidden: boolean) =>
    this.#noted('hidePerson', [id, hidden], this.crowd.hide(id, hidden));
  setCover = async (id: number, face: number) => this.#noted('setCover', [id, face], this.crowd.setCover(id, face));
  suggestions = async (person: number | null, limit: number) => this.crowd.suggestions(person, limit);
  undoPeople = async () => this.#noted('undoPeople', [], this.crowd.undo());

  showInFolder = async (ids: number[]) => this.#note('showInFolder', ids);
  openWith = async (id: number) => this.#note('openWith', id);
  copyPicture = async (id: number) => this.#note('copyPicture', id);
  copyPaths = async (ids: number[]) => this.#note('copyPaths', ids);
  startDrag = async (ids: number[]) => this.#note('startDrag', ids);
  licences = async (): Promise<Licence[]> => [{ name: 'svelte', version: '5', licence: 'MIT' }];

  photoUrl = (id: number, size: string | number) => `/photo/${id}/${size}`;
  pictureUrl = (token: string) => `/picture/${token}/256`;
  faceUrl = (id: number, side: number) => `/face/${id}/${side}`;

  async #explore<T>(name: string, request: ExploreRequest, answer: () => T): Promise<T> {
    this.#note(name, request);
    await this.exploring;
    if (this.#cancelled.has(request.ticket))
      throw new HostError({ code: 'cancelled', message: 'cancelled', params: {} });
    const { trouble } = this;
    this.trouble = null;
    if (trouble) throw trouble;
    return answer();
  }

  #note(name: string, ...args: unknown[]) {
    this.calls.push({ name, arguments: args });
  }

  #noted<T>(name: string, args: unknown[], result: T): T {
    this.#note(name, ...args);
    return result;
  }

  #answer(request: SearchRequest | SimilarRequest): Answer {
    const { trouble } = this;
    this.trouble = null;
    if (trouble) throw trouble;
    return this.answering(request);
  }
}
