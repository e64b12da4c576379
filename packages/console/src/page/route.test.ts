import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkTo, parseRoute } from './route.ts';
import { tokenIn } from './session.ts';

test('every path that is linked to is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1 }), (path) => {
      expect(parseRoute(linkTo(...path))?.path).toEqual(path);
    }),
  );
});

test('the question of an address is apart from its path', () => {
  const route = parseRoute('#/teams?search=a%26b&near=1');
  expect(route?.path).toEqual(['teams']);
  expect(route?.query.get('search')).toBe('a&b');
});

test('what is not a path of the page is none', () => {
  expect(['', '#', '#main', '#/%', '#abc/def'].map(parseRoute)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a fragment is a token or a path, and never both', () => {
  const token = 'aB3-_'.repeat(8);
  expect(tokenIn(`#${token}`)).toBe(token);
  expect(parseRoute(`#${token}`)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (fragment) => {
      expect(tokenIn(`#${fragment}`) === undefined || parseRoute(`#${fragment}`) === undefined).toBe(true);
    }),
  );
});
