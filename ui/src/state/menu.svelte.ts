/** Where a photo's menu was asked for, and about which photos. */
export interface MenuRequest {
  ids: number[];
  /** The photo under the pointer or in focus; one of `ids`. */
  id: number;
  x: number;
  y: number;
}

/** The context menu: open or not. */
export class MenuState {
  request = $state.raw<MenuRequest | null>(null);
  #return: HTMLElement | null = null;

  open(request: MenuRequest) {
    this.#return = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.request = request;
  }

  /** Closes it; the focus goes back to where it was. */
  close() {
    this.request = null;
    this.#return?.focus({ preventScroll: true });
    this.#return = null;
  }
}
