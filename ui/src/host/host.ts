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
  Named,
  Outliers,
  OutliersRequest,
  PeopleStatus,
  Person,
  PersonDetails,
  PhotoDetails,
  PhotoFace,
  PickedPicture,
  SearchRequest,
  Settings,
  SimilarRequest,
  Space,
  Suggestion,
  Themes,
} from './types';

/** Sides of the pictures that the host serves. `full` is the original, upright. */
export type PictureSize = 256 | 1024 | 'full';

/** Sides of the square pictures of faces. */
export type FaceSize = 128 | 256;

/**
 * All that the window can ask of the program around it. Every function but the three that make addresses is asynchronous
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

  peopleStatus(): Promise<PeopleStatus>;
  /** Looks for people from now on, or no longer. */
  setPeople(on: boolean): Promise<PeopleStatus>;
  /** Turns it off, and deletes all faces, groups, names and decisions. */
  erasePeople(): Promise<PeopleStatus>;
  /** Named ones first, by photos; then groups without a name, by faces; hidden ones at the end. */
  people(): Promise<Person[]>;
  person(id: number): Promise<PersonDetails>;
  photoFaces(photo: number): Promise<PhotoFace[]>;
  namePerson(id: number, name: string | null): Promise<Named>;
  mergePeople(into: number, from: number[]): Promise<void>;
  /** Makes a new person of some of a person's faces; its id. */
  splitPerson(id: number, faces: number[]): Promise<number>;
  /** The faces are of a person that is known, or of one with this name; the person's id. */
  thisIs(faces: number[], person: number | null, name: string | null): Promise<number>;
  thisIsNot(faces: number[], person: number): Promise<void>;
  notFaces(faces: number[]): Promise<void>;
  hidePerson(id: number, hidden: boolean): Promise<void>;
  setCover(id: number, face: number): Promise<void>;
  /** Faces that may be a person's, or anybody's; the ones whose answer helps most come first. */
  suggestions(person: number | null, limit: number): Promise<Suggestion[]>;
  /** Takes the last decision back; which kind it was, or null when there was none. */
  undoPeople(): Promise<string | null>;

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
  /** Address of the square picture of a face. */
  faceUrl(id: number, side: FaceSize): string;
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
