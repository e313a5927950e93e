import type { Host } from '../host/host';
import type { AppInfo, Event, Offered, PickedPicture } from '../host/types';
import { t } from '../i18n/language.svelte';
import { serves } from '../lib/modelGroups';
import { PhotoActions } from './actions';
import { foundIds } from '../lib/explore/members';
import { targetsOf } from '../lib/selection';
import { ActivityState } from './activity.svelte';
import { CompareState } from './compare.svelte';
import { FacesState } from './faces.svelte';
import { ExploreState } from './explore.svelte';
import { LibraryState } from './library.svelte';
import { MapLook } from './mapLook.svelte';
import { MenuState } from './menu.svelte';
import { ModelsState } from './models.svelte';
import { PeopleState } from './people.svelte';
import { PersonState } from './person.svelte';
import { ReviewState } from './review.svelte';
import { SearchState } from './search.svelte';
import { SelectionState } from './selection.svelte';
import { SettingsState } from './settings.svelte';
import { ShownState } from './shown.svelte';
import { Toasts } from './toasts.svelte';
import { ViewerState } from './viewer.svelte';

export type Page =
  | 'photos'
  | 'map'
  | 'themes'
  | 'duplicates'
  | 'outliers'
  | 'compare'
  | 'people'
  | 'person'
  | 'review'
  | 'models'
  | 'settings';

/** The whole window: its parts, and what goes on between them. */
export class App {
  info = $state.raw<AppInfo | null>(null);
  page = $state<Page>('photos');
  /** The sheet of keyboard shortcuts is open. */
  sheet = $state(false);
  /** The sidebar is open where it does not fit beside the photos. */
  sidebar = $state(false);
  /** Scores are shown on the photos. */
  scores = $state(false);
  /** Its colours are the dark ones. */
  dark = $state(false);
  /** Files are being dragged over the window. */
  dragging = $state(false);

  readonly host: Host;
  readonly toasts = new Toasts();
  readonly menu = new MenuState();
  readonly selection = new SelectionState();
  readonly settings: SettingsState;
  readonly library: LibraryState;
  readonly search: SearchState;
  readonly shown: ShownState;
  readonly viewer: ViewerState;
  readonly comparison: CompareState;
  readonly activity: ActivityState;
  readonly models: ModelsState;
  readonly people: PeopleState;
  readonly person: PersonState;
  readonly review: ReviewState;
  readonly faces: FacesState;
  readonly explore: ExploreState;
  readonly look: MapLook;
  readonly actions: PhotoActions;
  /** Puts the cursor into the query bar, and offers searches where it is empty, unless told not to; set by the bar. */
  focusSearch: (offering?: boolean) => void = () => undefined;
  /** The photos of the grid in sight. */
  readonly photos = $derived.by(() => (this.page === 'person' ? this.person.photos : this.shown.photos));

  constructor(host: Host) {
    this.host = host;
    this.settings = new SettingsState(host, this.toasts);
    this.library = new LibraryState(host, this.toasts);
    this.search = new SearchState(host);
    this.shown = new ShownState(this.library, this.search);
    this.viewer = new ViewerState(host);
    this.comparison = new CompareState(host);
    this.activity = new ActivityState(host, this.toasts);
    this.models = new ModelsState(host, this.toasts, (id) => this.#modelInstalled(id));
    this.people = new PeopleState(host, this.toasts, {
      changed: () => this.#peopleChanged(),
      merged: (into, from) => this.#peopleMerged(into, from),
    });
    this.person = new PersonState(host, this.people, this.library, () => this.openPeople());
    this.review = new ReviewState(host, this.toasts, () => this.people.withdraw());
    this.faces = new FacesState(host, this.people);
    this.explore = new ExploreState(host, this.library, this.toasts, () => this.activity.running);
    this.look = new MapLook(this);
    this.actions = new PhotoActions(this);
  }

  /** Ids of the photos that the question in the query bar has found; null when nothing is asked. */
  readonly found = $derived.by((): ReadonlySet<number> | null => {
    const { asked, answer, shown } = this.search;
    if (!asked || !answer) return null;
    return foundIds(answer.results, shown);
  });

  /** What the first picture of the window needs: the language, the theme. */
  async prepare() {
    await this.toasts.attempt(() => this.host.watch((event) => this.handle(event)));
    this.info = (await this.toasts.attempt(() => this.host.appInfo())) ?? null;
    await this.settings.load(this.info?.locale ?? navigator.language);
  }

  /** What the window shows. */
  async load() {
    await this.library.refresh();
    // Before the first folder there is nothing that could have failed, nor anybody to ask.
    if (this.library.status?.state === 'ready') {
      void this.activity.loadFailures();
      void this.people.load();
    }
    void this.models.load();
  }

  handle(event: Event) {
    switch (event.kind) {
      case 'index': {
        const running = this.activity.running;
        this.activity.handle(event);
        if (running !== this.activity.running) void this.library.refresh();
        return;
      }
      case 'library':
        void this.library.refresh();
        this.search.again();
        this.people.again();
        return;
      case 'model':
        this.models.handle(event);
        return;
      case 'exploring':
        this.explore.handle(event);
        return;
      case 'drop':
        this.dragging = event.over;
        return;
      case 'dropped':
      case 'open':
        this.dragging = false;
        void this.receive(event);
    }
  }

  /** Takes what was dropped on the window, or given to the program when it was started: folders join the library, pictures the query. */
  async receive({ folders, pictures, error }: Offered) {
    if (error) this.toasts.error(error);
    if (folders.length > 0) await this.library.addFolders(folders);
    this.searchWith(pictures);
  }

  searchWith(pictures: readonly PickedPicture[]) {
    if (pictures.length === 0) return;
    this.viewer.close();
    if (this.page !== 'map') this.page = 'photos';
    for (const { photo, token, name } of pictures) {
      this.search.addPicture(photo === null ? { kind: 'picture', token } : { kind: 'photo', id: photo }, name);
    }
  }

  indexOf(id: number): number {
    return Array.from(this.photos.id).indexOf(id);
  }

  openPeople() {
    this.selection.clear();
    this.person.close();
    this.viewer.close();
    this.page = 'people';
  }

  openPerson(id: number) {
    this.selection.clear();
    this.viewer.close();
    this.page = 'person';
    void this.person.open(id);
  }

  /** Asks about faces that may be a person's, or anybody's. */
  openReview(person: number | null) {
    this.selection.clear();
    this.people.withdraw();
    this.page = 'review';
    void this.review.start(person);
  }

  /** Leaves the questions, for the page that they were asked from. */
  async closeReview() {
    const { person } = this.review;
    if (person === null) this.openPeople();
    else this.openPerson(person);
    await this.review.settled();
    await this.people.load();
  }

  /** Ctrl+Z: takes back what was decided last about people, where people are in sight; false anywhere else. */
  undo(): boolean {
    if (!this.people.on) return false;
    if (this.page === 'review') this.review.goBack();
    else if (this.page === 'people' || this.page === 'person' || this.viewer.order) void this.people.undo();
    else return false;
    return true;
  }

  /** Whether a grid of photos is in sight, which has an order. */
  get isGrid(): boolean {
    return this.page === 'photos' || this.page === 'person';
  }

  /** Ids of what is selected, in the order in which it is shown. */
  selected(): number[] {
    const { ids } = this.selection.current;
    return this.isGrid ? Array.from(this.photos.id).filter((id) => ids.has(id)) : [...ids];
  }

  /** The photos that a menu opened on one is about: the selection when it is part of it. */
  targets(id: number): number[] {
    return targetsOf(this.selection.current, this.selected(), id);
  }

  /** Shows photos that another page has put together in the grid; the way back leads to it. */
  showInGrid(ids: readonly number[], name: string, ordered = false) {
    this.viewer.close();
    this.search.showPicked({ ids, name, ordered, from: this.page });
    this.page = 'photos';
  }

  /** Opens a photo; `among` are those that the arrows lead to, where the page has an order of its own. */
  openViewer(id: number, among?: readonly number[]) {
    const order = among ?? (this.page === 'compare' ? this.#compared() : this.isGrid ? this.photos.id : [id]);
    const index = Array.from(order).indexOf(id);
    if (index >= 0) this.viewer.open(order, index);
    else this.viewer.open([id], 0);
  }

  /** Esc, or the mouse's back button: closes what is on top, else goes a step back. */
  back() {
    if (this.sheet) this.sheet = false;
    else if (this.viewer.order) {
      if (this.faces.chosen !== null) this.faces.chosen = null;
      else if (this.viewer.informed) this.viewer.informed = false;
      else this.viewer.close();
    } else if (this.activity.open) this.activity.open = false;
    else if (this.sidebar) this.sidebar = false;
    else if (this.page === 'review') void this.closeReview();
    else if (this.page !== 'photos' && this.selection.size > 0) this.selection.clear();
    else if (this.page === 'person') this.openPeople();
    else if (this.page !== 'photos') this.page = 'photos';
    else if (this.selection.size > 0) this.selection.clear();
    else this.leaveQuestion();
  }

  /** Back to what was asked before, or to the page that photos were brought from; what is selected stays so. */
  leaveQuestion() {
    const { picked } = this.search.question;
    if (!this.search.back()) this.search.clear();
    if (picked) this.page = picked.from;
  }

  #compared(): number[] {
    const { meaning, look } = this.comparison;
    const ids = [meaning, look].flatMap((side) => (side && 'results' in side ? side.results.map(({ id }) => id) : []));
    return ids.filter((id, index) => ids.indexOf(id) === index);
  }

  #modelInstalled(id: string) {
    const name = t().modelNames[id] ?? id;
    const purposes = this.models.list.find((model) => model.id === id)?.purposes ?? [];
    // A model for faces looks at nothing before the user has turned people on.
    this.toasts.note(serves(purposes, 'people') ? t().installedOnly(name) : t().installedNow(name));
    void this.library.refresh();
    void this.people.load();
  }

  async #peopleChanged() {
    await Promise.all([this.page === 'person' ? this.person.refresh() : undefined, this.faces.refresh()]);
  }

  #peopleMerged(into: number, from: readonly number[]) {
    if (this.person.id !== null && from.includes(this.person.id)) {
      if (this.page === 'person') this.openPerson(into);
      else this.person.close();
    }
  }
}
