import { describe, expect, it } from 'vitest';
import { en } from './en';

const sources = import.meta.glob<string>('../**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const own = Object.entries(sources).filter(([path]) => !/\.test\.ts$|\/i18n\/(en|ko)|^\.\/(en|ko)/.test(path));

/** What a component's markup shows as it stands: no script, no styles, no comments, no expressions, no tags. */
function wordsIn(component: string): string {
  let markup = component.replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, '');
  for (let before = ''; before !== markup;) {
    before = markup;
    markup = markup.replace(/\{[^{}]*\}/g, '');
  }
  const said = [...markup.matchAll(/\s(?:title|aria-label|alt|placeholder)="([^"]*)"/g)].map(([, text]) => text);
  return [...said, markup.replace(/<[^>]*>/g, '')].join(' ').replace(/\s+/g, ' ').trim();
}

describe('strings', () => {
  it('that nobody shows are not kept', () => {
    const code = own.map(([, text]) => text).join('\n');
    const unused = Object.keys(en).filter((key) => !new RegExp(`[.{,]\\s*${key}\\b`).test(code));
    expect(unused).toEqual([]);
  });

  it('are all in the catalogues, none in a component', () => {
    const components = own.filter(([path]) => path.endsWith('.svelte'));
    expect(components.length).toBeGreaterThan(30);
    const found = components
      .map(([path, text]) => [path, wordsIn(text)])
      .filter(([, words]) => /\p{L}{2}/u.test(words ?? ''));
    expect(found).toEqual([]);
  });
});
