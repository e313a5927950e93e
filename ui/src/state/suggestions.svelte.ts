import type { Host } from '../host/host';
import type { Completion } from '../host/types';
import { t } from '../i18n/language.svelte';
import { wholeFilter } from '../lib/query';
import type { Question } from './question';
import type { SearchState } from './search.svelte';

/** A line below the query bar: a whole query, or the end of what is being typed. */
export type Suggestion =
  | { kind: 'query'; text: string; from: 'history' | 'example' }
  | { kind: 'completion'; text: string; completion: Completion };

/** Milliseconds of quiet until completions are asked for. */
const ASK_AFTER = 60;
const MOST = 8;
/** What a question has beside its text. */
const BESIDE_THE_TEXT = ['chips', 'people', 'scope', 'similar', 'picked'] as const;

/** What is offered below the query bar. */
export class SuggestionsState {
  list = $state.raw<Suggestion[]>([]);
  /** The one that Enter takes; -1 for none. */
  at = $state(-1);
  #host: Host;
  #search: SearchState;
  #asked = 0;
  #followed: Question | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, search: SearchState) {
    this.#host = host;
    this.#search = search;
  }

  readonly open = $derived(this.list.length > 0);
  readonly chosen = $derived(this.list[this.at]);

  /** The bar has the focus: where nothing is asked, recent searches and examples are offered. */
  start() {
    if (!this.#search.asked) void this.#offerQueries();
  }

  /** Closes when something else of the question than its text has changed. */
  follow(question: Question) {
    const before = this.#followed;
    this.#followed = question;
    if (before && BESIDE_THE_TEXT.some((key) => before[key] !== question[key])) this.close();
  }

  typed(text: string, cursor: number) {
    clearTimeout(this.#timer);
    if (text.trim() === '') {
      this.close();
      this.start();
      return;
    }
    this.#timer = setTimeout(() => void this.#complete(text, cursor), ASK_AFTER);
  }

  /** False when there is nothing to move through. */
  move(by: 1 | -1): boolean {
    if (!this.open) return false;
    const count = this.list.length + 1;
    this.at = ((this.at + 1 + by + count) % count) - 1;
    return true;
  }

  close() {
    clearTimeout(this.#timer);
    this.#asked++;
    this.list = [];
    this.at = -1;
  }

  async clearHistory() {
    await this.#host.clearHistory().catch(() => undefined);
    await this.#offerQueries();
  }

  async #offerQueries() {
    const asked = ++this.#asked;
    const history = await this.#host.history().catch((): string[] => []);
    if (asked !== this.#asked) return;
    const recent = history.slice(0, 6).map((text) => ({ kind: 'query' as const, text, from: 'history' as const }));
    const examples = t().examples.filter((text) => !history.includes(text));
    this.at = -1;
    this.list = [...recent, ...examples.map((text) => ({ kind: 'query' as const, text, from: 'example' as const }))];
  }

  async #complete(text: string, cursor: number) {
    const asked = ++this.#asked;
    const answer = await this.#host.complete(text, cursor).catch((): Completion[] => []);
    if (asked !== this.#asked) return;
    this.at = -1;
    const found = answer.slice(0, MOST).map((completion) => wholeFilter(text, completion));
    this.list = found.map((completion) => ({ kind: 'completion', text: completion.text, completion }));
  }
}
