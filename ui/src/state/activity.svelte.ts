import type { Host } from '../host/host';
import type { Failure, IndexProgress } from '../host/types';
import type { Toasts } from './toasts.svelte';

/** The indexing job, and the photos that could not be read. */
export class ActivityState {
  job = $state.raw<IndexProgress | null>(null);
  failures = $state.raw<Failure[]>([]);
  open = $state(false);
  #host: Host;
  #toasts: Toasts;

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  readonly running = $derived(this.job !== null && this.job.phase !== 'done' && this.job.phase !== 'failed');
  /** Share of the photos that are done, from 0 to 1; null while it cannot be known. */
  readonly share = $derived.by(() => {
    const job = this.job;
    if (!job || job.total === 0 || !['indexing', 'finishing'].includes(job.phase)) return null;
    return Math.min(1, job.done / job.total);
  });

  handle(event: IndexProgress) {
    this.job = event;
    if (event.phase === 'failed' && event.error) this.#toasts.error(event.error);
    if (!this.running) void this.loadFailures();
  }

  async loadFailures() {
    this.failures = (await this.#toasts.attempt(() => this.#host.failures())) ?? this.failures;
  }

  start(retryFailed = false) {
    return this.#toasts.attempt(() => this.#host.index(retryFailed));
  }

  pause() {
    return this.#toasts.attempt(() => this.#host.jobPause());
  }

  resume() {
    return this.#toasts.attempt(() => this.#host.jobResume());
  }

  stop() {
    return this.#toasts.attempt(() => this.#host.jobCancel());
  }
}
