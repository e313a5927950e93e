import type { PhotoAction } from '../lib/photoMenu';
import type { App } from './app.svelte';

/** Keys that act on the photo in focus, in the grid and in the viewer. */
export const PHOTO_KEYS: Record<string, PhotoAction> = {
  m: 'similar-meaning',
  l: 'similar-look',
  c: 'compare',
  i: 'information',
  f: 'find-person',
};

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** A key by what it types; by where it is when that is no Latin letter: in Hangul mode, M types ㅡ. */
export function letterOf({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  const typed = key.toLowerCase();
  return /^[\x20-\x7e]+$/.test(typed) ? typed : code.replace(/^Key/, '').toLowerCase();
}

export function photoAction(event: Key): PhotoAction | undefined {
  return event.ctrlKey || event.metaKey || event.altKey ? undefined : PHOTO_KEYS[letterOf(event)];
}

/** Keys that lead into the grid when nothing has the focus. */
const INTO_GRID = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End']);

/** Whether keys are being typed into a text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['range', 'checkbox', 'radio', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}

/** Keys that do the same wherever the focus is. */
export function handleKey(app: App, event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || app.menu.request) return;
  // A dialog keeps its keys to itself.
  if (event.target instanceof Element && event.target.closest('dialog')) return;
  const command = event.ctrlKey || event.metaKey;
  const typing = isTyping(event.target);
  const bySlash = event.key === '/' && !typing && !command;
  if (bySlash || (command && event.key.toLowerCase() === 'f')) {
    event.preventDefault();
    app.viewer.close();
    if (app.page !== 'map') app.page = 'photos';
    app.focusSearch();
  } else if (event.key === '?' && !typing) {
    event.preventDefault();
    app.sheet = !app.sheet;
  } else if (command && event.key === ',') {
    event.preventDefault();
    app.viewer.close();
    app.page = 'settings';
  } else if (command && !event.shiftKey && letterOf(event) === 'z' && !typing && app.undo()) {
    event.preventDefault();
  } else if (event.target === document.body && INTO_GRID.has(event.key)) {
    event.preventDefault();
    document.querySelector<HTMLElement>('[role=gridcell][tabindex="0"]')?.focus({ preventScroll: true });
  } else if (event.key === 'Escape' || (event.altKey && event.key === 'ArrowLeft')) {
    event.preventDefault();
    app.back();
  }
}
