// What can be perceived in the window with a role, in the order of the document: [element, accessible name] each.
// Roles follow the HTML Accessibility API Mappings, names the Accessible Name and Description Computation, as far as
// the window uses them.
const [wanted, within] = arguments;

const IMPLICIT = {
  A: (e) => (e.hasAttribute('href') ? 'link' : null), ARTICLE: 'article', ASIDE: 'complementary', BUTTON: 'button',
  DIALOG: 'dialog', FIELDSET: 'group', FORM: 'form', H1: 'heading', H2: 'heading', H3: 'heading', H4: 'heading',
  IMG: (e) => (e.getAttribute('alt') === '' ? null : 'img'), LI: 'listitem', MAIN: 'main', NAV: 'navigation',
  OL: 'list', UL: 'list', OUTPUT: 'status', PROGRESS: 'progressbar', SECTION: (e) => (named(e) ? 'region' : null),
  SELECT: 'combobox', TEXTAREA: 'textbox', SUMMARY: 'button',
  INPUT: (e) => ({ checkbox: 'checkbox', radio: 'radio', range: 'slider', button: 'button', submit: 'button' })[e.type] ?? 'textbox',
};
const FROM_CONTENT = new Set(['button', 'link', 'heading', 'gridcell', 'menuitem', 'option', 'tab', 'status', 'alert', 'listitem']);

function named(element) {
  return element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby');
}

function roleOf(element) {
  const written = element.getAttribute('role');
  if (written) return written;
  const implicit = IMPLICIT[element.tagName];
  return typeof implicit === 'function' ? implicit(element) : (implicit ?? null);
}

function isPerceived(element) {
  return !element.closest('[inert], [aria-hidden="true"]') && element.checkVisibility({ visibilityProperty: true });
}

function content(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute('aria-hidden') === 'true') return '';
  if (!node.checkVisibility({ visibilityProperty: true })) return '';
  const label = node.getAttribute('aria-label');
  if (label) return ` ${label} `;
  if (node.tagName === 'IMG') return ` ${node.alt} `;
  const text = [...node.childNodes].map(content).join('');
  return getComputedStyle(node).display.startsWith('inline') ? text : ` ${text} `;
}

function nameOf(element, role) {
  const by = element.getAttribute('aria-labelledby');
  if (by) return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  const label = element.getAttribute('aria-label');
  if (label) return label;
  if (element.labels?.length) return [...element.labels].map(content).join(' ');
  if (element.tagName === 'IMG') return element.alt;
  if (element.tagName === 'FIELDSET') return content(element.querySelector(':scope > legend') ?? new Text(''));
  const text = FROM_CONTENT.has(role) ? [...element.childNodes].map(content).join('') : '';
  return text.trim() || element.getAttribute('placeholder') || element.getAttribute('title') || '';
}

const all = (within ?? document).querySelectorAll(
  wanted === 'gridcell' ? '[role=gridcell]' : `[role], ${Object.keys(IMPLICIT).join(', ')}`,
);
return [...all]
  .filter((element) => roleOf(element) === wanted && isPerceived(element))
  .map((element) => [element, nameOf(element, wanted).replace(/\s+/g, ' ').trim()]);
