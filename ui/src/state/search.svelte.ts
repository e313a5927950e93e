import { HostError, type Host } from '../host/host';
import type { Answer, Found, PictureSource } from '../host/types';
import { nextTicket } from '../lib/tickets';
import {
  folderFilter,
  personFilter,
  pictureOf,
  pictureTerms,
  utf16Range,
  withChip,
  type Chip,
  type PersonChip,
} from '../lib/query';
import {
  isNothing,
  noPhotos,
  nothing,
  tokensOf,
  type Picked,
  type Question,
  type Scope,
  type SimilarTo,
} from './question';

/** Milliseconds of quiet after a key before the question is asked. */
export const ASK_AFTER = 180;
/** Milliseconds between two looks for more, while photos are being indexed: results that jump about help nobody. */
export const AGAIN_AFTER = 3000;
/** Results fetched at a time. */
export const PAGE = 200;
/** Results shown when none stands out. */
export const CLOSEST = 48;

/**
 * The question and its answer. Every request carries a ticket higher than the last one's, so that the host gives up what
 * nobody waits for any more; answers that come late all the same are dropped here.
 */
export class SearchState {
  question = $state.raw<Question>(nothing);
  answer = $state.raw<Answer | null>(null);
  error = $state.raw<HostError | null>(null);
  busy = $state(false);
  /** Results beyond the relevance cut are shown, too. */
  expanded = $state(false);
  /** Changes when what is shown answers another question than before. */
  generation = $state(0);
  #host: Host;
  /** What is shown has an order of its own, though no network gave it. */
  #ordered = $state(false);
  /** Grows with every question; an answer to an older one is dropped. */
  #asking = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #trail: Question[] = [];
  #fetchingMore = false;
  #answered: Question | null = null;
  #tokens: readonly string[] = [];
  #againTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Something is asked, so the grid shows an answer. */
  readonly asked = $derived(!isNothing(this.question));
  /** Photos in the order of time, because only filters were given. */
  readonly filtersOnly = $derived(this.answer !== null && this.answer.model === null && !this.#ordered);
  /** Number of ranked results to show. */
  readonly shown = $derived.by(() => {
    const loaded = this.answer?.results.length ?? 0;
    if (this.expanded || this.filtersOnly) return loaded;
    const strong = this.answer?.strong ?? 0;
    return Math.min(loaded, strong > 0 ? strong : CLOSEST);
  });
  /** The stretch of the typed text that the host could not understand. */
  readonly errorRange = $derived.by(() => {
    const { at, length } = this.error?.params ?? {};
    if (at === undefined || this.error?.code !== 'query') return null;
    const start = Number(at) - [...this.#prefix()].length;
    return start < 0 ? null : utf16Range(this.question.text, start, Number(length ?? 1));
  });

  type(text: string) {
    this.#set({ ...this.question, text, ...noPhotos }, ASK_AFTER);
  }

  ask(text: string) {
    this.#set({ ...this.question, text, ...noPhotos }, 0);
    this.remember();
  }

  setChips(chips: readonly Chip[]) {
    this.#set({ ...this.question, chips, ...noPhotos }, 0);
  }

  addPicture(source: PictureSource, name: string, weight = 1) {
    this.setChips(withChip(this.question.chips, source, name, weight));
  }

  setPeople(people: readonly PersonChip[], text = this.question.text) {
    this.#set({ ...this.question, people, text, ...noPhotos }, 0);
  }

  /** Begins a search with somebody in it. */
  findPerson(person: PersonChip) {
    this.#step();
    this.#set({ ...nothing, people: [person] }, 0);
  }

  within(scope: Scope | null) {
    this.#step();
    this.#set({ ...this.question, scope, ...noPhotos }, 0);
  }

  findSimilar(similar: SimilarTo) {
    this.#step();
    this.#set({ ...nothing, similar }, 0);
  }

  /** Asks something better in place of what was asked, which is no step to come back to. */
  instead(similar: SimilarTo) {
    this.#set({ ...nothing, similar }, 0);
  }

  /** Asks for photos like all of these. */
  findLike(chips: readonly Chip[]) {
    this.#step();
    this.#set({ ...nothing, chips }, 0);
  }

  /** Shows photos that are known already. */
  showPicked(picked: Picked) {
    this.#step();
    this.#set({ ...nothing, picked }, 0);
  }

  clear() {
    this.#trail = [];
    this.#set(nothing, 0);
  }

  /** Goes back to the question before; false when there is none. */
  back(): boolean {
    const before = this.#trail.pop();
    if (!before) return false;
    this.#set(before, 0);
    return true;
  }

  /** Asks the same again, because there is more to find now. Keeps what is shown until the answer is there. */
  again() {
    if (this.#againTimer !== undefined || !this.asked || this.question.picked) return;
    this.#againTimer = setTimeout(() => {
      this.#againTimer = undefined;
      if (this.asked && !this.busy && !this.question.picked)
        void this.#run(Math.max(PAGE, this.answer?.results.length ?? 0));
    }, AGAIN_AFTER);
  }

  async more() {
    const before = this.answer;
    if (!before || this.#fetchingMore || before.results.length >= before.total) return;
    this.#fetchingMore = true;
    try {
      const next = await this.#request(before.results.length, PAGE);
      if (this.answer === before) this.answer = { ...before, results: joined(before.results, next.results) };
    } catch {
      // The results that are there stay; scrolling on asks again.
    } finally {
      this.#fetchingMore = false;
    }
  }

  /** Keeps the text for the list of recent searches. */
  remember() {
    const { people, text: typed } = this.question;
    // People are kept as they are written, since the list holds text alone.
    const text = typed.trim() && [...people.map(personFilter), typed.trim()].join(' ');
    if (text !== '' && !this.error) void this.#host.addToHistory(text).catch(() => undefined);
  }

  #step() {
    this.#trail.push(this.question);
  }

  #set(question: Question, delay: number) {
    clearTimeout(this.#timer);
    this.question = question;
    this.#giveBack();
    if (isNothing(question)) {
      this.#asking++;
      if (this.answer) this.generation++;
      this.answer = null;
      this.error = null;
      this.busy = false;
      return;
    }
    if (question.picked) {
      this.#answerPicked(question.picked);
      return;
    }
    this.busy = true;
    if (delay === 0) void this.#run(PAGE);
    else this.#timer = setTimeout(() => void this.#run(PAGE), delay);
  }

  #answerPicked({ ids, ordered }: Picked) {
    this.#asking++;
    this.#answered = this.question;
    this.#ordered = ordered;
    const results = ids.map((id, index) => ({ rank: index + 1, id, score: null, offline: false }));
    this.answer = { model: null, tookMs: 0, strong: ids.length, total: ids.length, device: null, results };
    this.error = null;
    this.busy = false;
    this.expanded = false;
    this.generation++;
  }

  async #run(limit: number) {
    const asking = ++this.#asking;
    this.busy = true;
    try {
      let answer = await this.#request(0, limit);
      if (asking !== this.#asking) return;
      if (answer.model === null && answer.total > answer.results.length) {
        answer = await this.#request(0, answer.total);
      }
      if (asking !== this.#asking) return;
      if (this.#answered !== this.question) {
        this.generation++;
        this.expanded = false;
      }
      this.#answered = this.question;
      this.#ordered = false;
      this.answer = answer;
      this.error = null;
      this.busy = false;
    } catch (thrown) {
      if (asking !== this.#asking) return;
      const error = HostError.from(thrown);
      // Another part of the window asked in the meantime: this question is still waited for.
      if (error.code === 'superseded') return void this.#run(limit);
      this.error = error;
      if (error.code !== 'query') this.answer = null;
      this.busy = false;
    }
  }

  #request(offset: number, limit: number): Promise<Answer> {
    const { similar, text, chips } = this.question;
    const ticket = nextTicket();
    if (!similar) {
      const query = this.#prefix() + text;
      return this.#host.search({ query, images: pictureTerms(chips), offset, limit, ticket });
    }
    const { source, by } = similar;
    const picture = pictureOf(source, by === 'face' ? similar : {});
    return this.#host.similar({ ...picture, by, offset, limit, ticket });
  }

  /** Query pictures that no question needs any more, of those to come back to either, are given back. */
  #giveBack() {
    const needed = [this.question, ...this.#trail].flatMap(tokensOf);
    for (const token of this.#tokens)
      if (!needed.includes(token)) void this.#host.forgetPicture(token).catch(() => undefined);
    this.#tokens = needed;
  }

  #prefix(): string {
    const { scope, people } = this.question;
    const filters = [...(scope ? [folderFilter(scope.path)] : []), ...people.map(personFilter)];
    return filters.map((filter) => `${filter} `).join('');
  }
}

function joined(before: readonly Found[], next: readonly Found[]): Found[] {
  const known = new Set(before.map(({ id }) => id));
  return [...before, ...next.filter(({ id }) => !known.has(id))];
}
