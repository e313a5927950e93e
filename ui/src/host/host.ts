import type {
  Answer,
  AppInfo,
  Completion,
  CommandError,
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
} from './types';

/** Sides of the pictures that the host serves. `full` is the original, upright. */
export type PictureSize = 256 | 1024 | 'full';

/**
 * All that the window can ask of the program around it. Every function but the two that make addresses is asynchronous
 * and rejects with {@link HostError}.
 */
export interface Host {
  appInfo(): Promise<AppInfo>;
  settings(): Promise<Settings>;
  setSettings(settings: Settings): Promise<Settings>;

  libraryStatus(): Promise<LibraryStatus>;
  /** Bytes that the library takes on the disk. Walks all its files: seconds for a large one. */
  libraryBytes(): Promise<number>;
  /** Sets a damaged database aside, and begins a new one. */
  repairLibrary(): Promise<LibraryStatus>;
  /** Every photo, newest first, in the layout that `lib/timeline.ts` reads. */
  timeline(): Promise<ArrayBuffer>;
  photo(id: number): Promise<PhotoDetails>;

  search(request: SearchRequest): Promise<Answer>;
  similar(request: SimilarRequest): Promise<Answer>;
  complete(query: string, cursor: number): Promise<Completion[]>;
  history(): Promise<string[]>;
  addToHistory(query: string): Promise<void>;
  clearHistory(): Promise<void>;

  duplicates(request: ExploreRequest): Promise<Duplicates>;
  outliers(request: OutliersRequest): Promise<Outliers>;
  themes(request: ExploreRequest): Promise<Themes>;
  /** Ids of the photos of a theme, the most typical first. */
  themePhotos(space: Space, id: number): Promise<number[]>;
  /** Names a theme; null gives it back the name that was found for it. */
  nameTheme(space: Space, id: number, name: string | null): Promise<void>;
  /** Where each photo lies on the map, in the layout that `lib/explore/photoMap.ts` reads. */
  photoMap(request: ExploreRequest): Promise<ArrayBuffer>;
  /** A rough map in the same layout, at once. */
  photoMapPreview(request: ExploreRequest): Promise<ArrayBuffer>;
  cancelExploring(ticket: number): Promise<void>;
  /** Writes the list of all but the keepers to a file that the user chooses; null when they choose none. */
  saveDuplicates(request: ExploreRequest, format: ListFormat): Promise<string | null>;

  pickFolders(): Promise<string[]>;
  pickPictures(): Promise<PickedPicture[]>;
  pickModelFile(id: string): Promise<string | null>;
  pastePicture(bytes: Uint8Array): Promise<PickedPicture>;
  /** A query picture is not needed any more. */
  forgetPicture(token: string): Promise<void>;

  addFolders(paths: string[]): Promise<LibraryStatus>;
  removeFolder(id: number): Promise<LibraryStatus>;
  index(retryFailed: boolean): Promise<void>;
  jobPause(): Promise<void>;
  jobResume(): Promise<void>;
  jobCancel(): Promise<void>;
  /** Calls `listener` with what happens from now on, at most ten times a second for each kind. To be called before all else. */
  watch(listener: (event: Event) => void): Promise<void>;
  failures(): Promise<Failure[]>;

  models(): Promise<ModelStatus[]>;
  modelGet(id: string): Promise<void>;
  modelPause(id: string): Promise<void>;
  modelCancel(id: string): Promise<void>;
  modelImport(id: string, path: string): Promise<void>;
  modelRemove(id: string): Promise<void>;
  mirror(): Promise<string | null>;
  setMirror(address: string | null): Promise<void>;

  showInFolder(ids: number[]): Promise<void>;
  openWith(id: number): Promise<void>;
  /** Puts a photo's pixels on the clipboard. */
  copyPicture(id: number): Promise<void>;
  copyPaths(ids: number[]): Promise<void>;
  /** Hands the drag that is under way to the system, so that photos can be dropped on other programs. */
  startDrag(ids: number[]): Promise<void>;
  licences(): Promise<Licence[]>;

  /** Address of a photo's picture. */
  photoUrl(id: number, size: PictureSize): string;
  /** Address of the thumbnail of a query picture. */
  pictureUrl(token: string): string;
}

/** What went wrong, with a code that the window has words for. */
export class HostError extends Error {
  readonly code: string;
  readonly params: Record<string, string>;

  constructor(error: CommandError) {
    super(error.message);
    this.name = 'HostError';
    this.code = error.code;
    this.params = error.params;
  }

  /** Whatever was thrown, as a `HostError`; what is no error of the host's has the code `unexpected`. */
  static from(thrown: unknown): HostError {
    if (thrown instanceof HostError) return thrown;
    if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
      const { code, message } = thrown;
      const params = 'params' in thrown ? (thrown.params as Record<string, string> | null) : null;
      return new HostError({ code: String(code), message: String(message), params: params ?? {} });
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new HostError({ code: 'unexpected', message, params: {} });
  }
}
