import { HostError } from '../host/host';
import { describeError } from '../lib/errors';
import { t } from '../i18n/language.svelte';

export interface Toast {
  id: number;
  text: string;
  /** What the program said itself, for those who want to know. */
  detail: string | null;
  kind: 'note' | 'error';
  /** What can be done about it. */
  action?: ToastAction;
}

export interface ToastAction {
  label: string;
  run: () => void;
}

const SECONDS_SHOWN = { note: 5, error: 12 };
/** Time enough to read, to change one's mind and to get there. */
const SECONDS_WITH_ACTION = 10;

/** Short notes at the foot of the window. */
export class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  /** Its id, to dismiss it by. */
  note(text: string, action?: ToastAction): number {
    const toast: Toast = { id: this.#next++, text, detail: null, kind: 'note' };
    this.#add(action ? { ...toast, action } : toast);
    return toast.id;
  }

  /** Says what went wrong; being superseded or cancelled is nothing wrong. */
  error(thrown: unknown) {
    const error = HostError.from(thrown);
    if (error.code === 'superseded' || error.code === 'cancelled') return;
    this.#add({ id: this.#next++, text: describeError(error, t()), detail: error.message, kind: 'error' });
  }

  dismiss(id: number) {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Runs an action and says when it fails. */
  async attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (thrown) {
      this.error(thrown);
      return undefined;
    }
  }

  #add(toast: Toast) {
    this.list = [...this.list.slice(-2), toast];
    setTimeout(() => this.dismiss(toast.id), (toast.action ? SECONDS_WITH_ACTION : SECONDS_SHOWN[toast.kind]) * 1000);
  }
}
