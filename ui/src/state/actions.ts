import type { By, Person, PhotoFace, PictureSource } from '../host/types';
import type { PhotoAction } from '../lib/photoMenu';
import { chipKey, type Chip } from '../lib/query';
import { Flag } from '../lib/timeline';
import { t } from '../i18n/language.svelte';
import type { App } from './app.svelte';
import type { SimilarTo } from './question';

/** Pictures in one question at most; each more tells the network little. */
const MOST_PICTURES = 12;

/** What the menu, the keys and the viewer do with photos. */
export class PhotoActions {
  #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Carries out an action on photos; `id` is the one that it was asked for on. */
  run(action: PhotoAction, ids: readonly number[], id: number) {
    const { host, toasts, selection, viewer } = this.#app;
    switch (action) {
      case 'open':
        return this.#app.openViewer(id);
      case 'similar-meaning':
        return ids.length > 1 ? this.moreLike(ids) : this.similar(photo(id), 'meaning');
      case 'similar-look':
        return this.similar(photo(id), 'look');
      case 'compare':
        return this.compare(photo(id));
      case 'more-like-these':
        return this.moreLike(ids);
      case 'add-to-query':
        return this.addToQuery(ids, 1);
      case 'less-like-this':
        return this.addToQuery(ids, -1);
      case 'show-on-map':
        return this.showOnMap(ids);
      case 'show-in-folder':
        return void toasts.attempt(() => host.showInFolder([...ids]));
      case 'open-with':
        return void toasts.attempt(() => host.openWith(id));
      case 'copy-picture':
        return void toasts.attempt(async () => {
          await host.copyPicture(id);
          toasts.note(t().copiedPicture);
        });
      case 'copy-path':
      case 'copy-paths':
        return void toasts.attempt(async () => {
          await host.copyPaths([...ids]);
          toasts.note(t().copiedPaths(ids.length));
        });
      case 'select':
      case 'deselect':
        if (!this.#app.isGrid) return selection.toggle(id);
        return selection.choose(this.#app.photos.id, this.#app.indexOf(id), { range: false, toggle: true });
      case 'find-person':
        return void this.findPerson(id);
      case 'not-them':
        selection.clear();
        return void this.#app.person.notThem(ids);
      case 'split-off':
        this.#app.person.splitting = ids;
        return;
      case 'use-as-cover':
        return void this.#app.person.cover(id);
      case 'information':
        if (viewer.order === null) this.#app.openViewer(id);
        viewer.informed = true;
    }
  }

  similar(source: PictureSource, by: By, name = this.nameOf(source)) {
    this.#app.viewer.close();
    this.#app.page = 'photos';
    this.#app.search.findSimilar({ source, by, name });
  }

  /** Looks for the person in a photo; asks which face is meant when there are several. */
  async findPerson(id: number) {
    const { faces, people, toasts } = this.#app;
    if (!people.on) {
      toasts.note(t().peopleAreOff, { label: t().navPeople, run: () => this.#app.openPeople() });
      return;
    }
    const found = await faces.of(id);
    const [only] = found;
    if (!only) toasts.note(t().noFaceHere);
    else if (found.length > 1) faces.choice = { photo: id, faces: found };
    else this.findFace(id, only);
  }

  /** The same of any picture. Of one that is not of the library the faces are known only once it is asked about. */
  findPersonOf(source: PictureSource, name: string) {
    if (source.kind === 'photo') void this.findPerson(source.id);
    else this.similar(source, 'face', name);
  }

  /** Photos of the person whose face this is, by likeness. */
  findFace(id: number, { id: face, person }: Pick<PhotoFace, 'id' | 'person'>) {
    const { faces, viewer, search } = this.#app;
    faces.choice = null;
    viewer.close();
    this.#app.page = 'photos';
    const similar: SimilarTo = { source: photo(id), by: 'face', face, name: this.nameOf(photo(id)) };
    search.findSimilar(person === null ? similar : { ...similar, person });
  }

  /** Begins a search for photos with somebody in them. */
  searchFor({ name, cover }: Person) {
    if (name === null) return;
    this.#app.selection.clear();
    this.#app.page = 'photos';
    this.#app.search.findPerson({ name, cover, without: false });
    this.#app.focusSearch();
  }

  compare(source: PictureSource, name = this.nameOf(source)) {
    this.#app.viewer.close();
    this.#app.page = 'compare';
    void this.#app.comparison.start(source, name);
  }

  moreLike(ids: readonly number[]) {
    this.#leaveFor(ids);
    this.#app.search.findLike(this.#chips(ids, 1));
  }

  /** Brings photos into sight on the map, where they stand out as selected. */
  showOnMap(ids: readonly number[]) {
    const { explore, look, selection, viewer } = this.#app;
    viewer.close();
    explore.folder = null;
    look.span = null;
    selection.take(ids, false);
    this.#app.page = 'map';
    explore.map.show(ids);
  }

  addToQuery(ids: readonly number[], weight: number) {
    this.#leaveFor(ids);
    const { search } = this.#app;
    const added = this.#chips(ids, weight);
    const keys = new Set(added.map(({ key }) => key));
    search.setChips([...search.question.chips.filter(({ key }) => !keys.has(key)), ...added]);
  }

  /** Whether none of the photos' files can be reached. */
  allOffline(ids: readonly number[]): boolean {
    const { places, timeline } = this.#app.library;
    return ids.every((id) => ((timeline.flags[places.get(id) ?? -1] ?? 0) & Flag.offline) !== 0);
  }

  nameOf(source: PictureSource): string {
    return source.kind === 'photo' ? t().photoNumbered(source.id) : t().thisPicture;
  }

  #chips(ids: readonly number[], weight: number): Chip[] {
    if (ids.length > MOST_PICTURES) this.#app.toasts.note(t().onlyFirst(MOST_PICTURES));
    return ids.slice(0, MOST_PICTURES).map((id) => {
      const source = photo(id);
      return { key: chipKey(source), source, name: this.nameOf(source), weight };
    });
  }

  #leaveFor(ids: readonly number[]) {
    if (ids.length > 1) this.#app.selection.clear();
    this.#app.viewer.close();
    this.#app.page = 'photos';
  }
}

function photo(id: number): PictureSource {
  return { kind: 'photo', id };
}
