import type { Host } from '../host/host';
import type { PhotoFace, Suggestion } from '../host/types';
import type { Toasts } from './toasts.svelte';

/** Suggestions fetched at a time, and how few of them left make it ask for more. */
const BATCH = 24;
const FEW = 4;

export type ReviewAnswer = 'yes' | 'no' | 'skip';

/** "Is this also …?", one face after another. */
export class ReviewState {
  /** Whom it is about; null for everybody. */
  person = $state<number | null>(null);
  queue = $state.raw<Suggestion[]>([]);
  loading = $state(false);
  /** Faces that were answered, yes or no. */
  answered = $state(0);
  /** The face's place in its photo. */
  box = $state.raw<PhotoFace | null>(null);
  #host: Host;
  #toasts: Toasts;
  #decided: () => void;
  #past = $state.raw<{ suggestion: Suggestion; answer: ReviewAnswer }[]>([]);
  #skipped: string[] = [];
  /** Answers reach the program in the order in which they were given. */
  #last: Promise<unknown> = Promise.resolve();
  #round = 0;

  /** `decided` is called with each answer. */
  constructor(host: Host, toasts: Toasts, decided: () => void) {
    this.#host = host;
    this.#toasts = toasts;
    this.#decided = decided;
  }

  readonly current = $derived(this.queue[0] ?? null);
  readonly canGoBack = $derived(this.#past.length > 0);

  async start(person: number | null) {
    this.#round++;
    this.person = person;
    this.queue = [];
    this.answered = 0;
    this.#past = [];
    this.#skipped = [];
    this.loading = true;
    await this.#fetch();
  }

  answer(answer: ReviewAnswer) {
    const suggestion = this.current;
    if (!suggestion) return;
    this.#past = [...this.#past, { suggestion, answer }];
    this.queue = this.queue.slice(1);
    if (answer === 'skip') this.#skipped.push(keyOf(suggestion));
    else {
      this.answered++;
      this.#decided();
      const { face, person } = suggestion;
      this.#after(() =>
        answer === 'yes' ? this.#host.thisIs([face], person, null) : this.#host.thisIsNot([face], person),
      );
    }
    void this.#look();
    if (this.queue.length < FEW) void this.#fetch();
  }

  /** Takes the last answer back and asks again. */
  goBack() {
    const last = this.#past.at(-1);
    if (!last) return;
    this.#past = this.#past.slice(0, -1);
    this.queue = [last.suggestion, ...this.queue.filter((other) => keyOf(other) !== keyOf(last.suggestion))];
    this.#skipped = this.#skipped.filter((key) => key !== keyOf(last.suggestion));
    if (last.answer !== 'skip') {
      this.answered--;
      this.#after(() => this.#host.undoPeople());
    }
    void this.#look();
  }

  /** When all answers have reached the program. */
  settled(): Promise<unknown> {
    return this.#last;
  }

  #after(action: () => Promise<unknown>) {
    this.#last = this.#last.then(() => this.#toasts.attempt(action));
  }

  async #fetch() {
    const round = this.#round;
    await this.#last;
    const found = await this.#toasts.attempt(() => this.#host.suggestions(this.person, BATCH + this.#skipped.length));
    if (round !== this.#round) return;
    this.loading = false;
    const known = [
      ...this.#skipped,
      ...this.queue.map(keyOf),
      ...this.#past.map(({ suggestion }) => keyOf(suggestion)),
    ];
    const before = this.current;
    this.queue = [...this.queue, ...(found ?? []).filter((suggestion) => !known.includes(keyOf(suggestion)))];
    if (before !== this.current) await this.#look();
  }

  /** Where the face is in its photo. */
  async #look() {
    const suggestion = this.current;
    this.box = null;
    if (!suggestion) return;
    const faces = await this.#host.photoFaces(suggestion.photo).catch((): PhotoFace[] => []);
    if (this.current === suggestion) this.box = faces.find(({ id }) => id === suggestion.face) ?? null;
  }
}

function keyOf({ face, person }: Suggestion): string {
  return `${face}-${person}`;
}
