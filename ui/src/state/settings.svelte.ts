import type { Host } from '../host/host';
import type { Settings } from '../host/types';
import { words } from '../i18n/language.svelte';
import type { Toasts } from './toasts.svelte';

const DEFAULTS: Settings = {
  language: 'system',
  theme: 'system',
  device: 'auto',
  thumbnail: 200,
  viewMode: 'justified',
};

/** Milliseconds after the last change until it is written: the slider changes the size many times a second. */
const WRITE_AFTER = 400;

/** The user's choices, applied at once and written a moment later. */
export class SettingsState {
  values = $state<Settings>({ ...DEFAULTS });
  #host: Host;
  #toasts: Toasts;
  #systemLocale = 'en';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  async load(systemLocale: string) {
    this.#systemLocale = systemLocale;
    const saved = await this.#toasts.attempt(() => this.#host.settings());
    if (saved) this.values = saved;
    words.use(this.values.language, systemLocale);
  }

  change(changes: Partial<Settings>) {
    Object.assign(this.values, changes);
    words.use(this.values.language, this.#systemLocale);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#toasts.attempt(() => this.#host.setSettings({ ...this.values }));
    }, WRITE_AFTER);
  }
}
