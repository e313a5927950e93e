import type { Person } from '../host/types';

/** Pixels that the pointer moves until a press is a drag. */
const THRESHOLD = 6;

/**
 * A person being dragged onto another, with pointer events: the shell takes the page's own drag and drop for files that come
 * from outside.
 */
export class PeopleDrag {
  /** Who is being dragged. */
  person = $state.raw<Person | null>(null);
  /** Id of the person below. */
  target = $state<number | null>(null);
  x = $state(0);
  y = $state(0);
  #pressed: { person: Person; x: number; y: number } | null = null;
  #moved = false;
  #drop: (dragged: Person, target: number) => void;

  constructor(drop: (dragged: Person, target: number) => void) {
    this.#drop = drop;
  }

  /** False for the click that ends a drag. */
  clicked(): boolean {
    return !this.#moved;
  }

  down(event: Pick<PointerEvent, 'button' | 'pointerType' | 'clientX' | 'clientY'>, person: Person) {
    this.#moved = false;
    // A finger scrolls; it merges by the menu.
    if (event.button === 0 && event.pointerType !== 'touch')
      this.#pressed = { person, x: event.clientX, y: event.clientY };
  }

  /** `below` is the id of the person under the pointer. */
  move({ clientX, clientY }: Pick<PointerEvent, 'clientX' | 'clientY'>, below: number | null) {
    if (!this.#pressed) return;
    const { person, x, y } = this.#pressed;
    if (!this.person && Math.hypot(clientX - x, clientY - y) < THRESHOLD) return;
    this.#moved = true;
    this.person = person;
    this.target = below === person.id ? null : below;
    this.x = clientX;
    this.y = clientY;
  }

  up() {
    const { person, target } = this;
    this.cancel();
    if (person && target !== null) this.#drop(person, target);
  }

  /** Nothing is merged; true when something was being dragged. */
  cancel(): boolean {
    const dragging = this.person !== null;
    this.#pressed = null;
    this.person = null;
    this.target = null;
    return dragging;
  }
}
