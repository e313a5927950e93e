import { describe, expect, it } from 'vitest';
import { photoAction } from './keys';

const key = (key: string, code: string, ctrlKey = false) => ({ key, code, ctrlKey, metaKey: false, altKey: false });

describe('the keys of a photo', () => {
  it.each([
    ['m', 'KeyM', 'similar-meaning'],
    ['L', 'KeyL', 'similar-look'],
    ['ㅡ', 'KeyM', 'similar-meaning'],
    ['ㅊ', 'KeyC', 'compare'],
    ['c', 'KeyI', 'compare'],
    ['n', 'KeyL', undefined],
    ['F10', 'F10', undefined],
    [' ', 'Space', undefined],
  ])('%s at %s is %s', (typed, code, action) => {
    expect(photoAction(key(typed, code))).toBe(action);
  });

  it('with Ctrl are somebody else’s', () => {
    expect(photoAction(key('c', 'KeyC', true))).toBeUndefined();
  });
});
