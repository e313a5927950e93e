let last = 0;

/**
 * A number higher than all before it. The host ends a request when one with a higher ticket comes, whoever in the window
 * asked, so all of them draw from here.
 */
export function nextTicket(): number {
  last += 1;
  return last;
}
