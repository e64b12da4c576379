import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from './near-name.ts';

const models = ['titan', 'nova-lite', 'nova-pro', 'claude-haiku-4.5'];

test.each([
  ['nova-light', 'nova-lite'],
  ['Nova_Lite', 'nova-lite'],
  ['tiatn', 'titan'],
  ['claude-haiku-45', 'claude-haiku-4.5'],
  ['gpt-4o', undefined],
  ['', undefined],
])('%j is near to %j', (name, near) => {
  expect(nearest(name, models)).toBe(near);
});

test('a short name is near only to a name that differs in less than a third of its letters', () => {
  expect(nearest('to', ['do', 'too'])).toBe('too');
  expect(nearest('n', ['m'])).toBeUndefined();
});

test('the nearest name is chosen; if several are equally near, the first', () => {
  expect(nearest('plam', ['plane', 'plan', 'play'])).toBe('plan');
});

test('a name in another case and with other hyphens is nearest to itself', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 1 }), fc.nat(), fc.nat(), (names, which, where) => {
      const chosen = names[which % names.length] ?? '';
      const at = where % chosen.length;
      const written = `${chosen.slice(0, at)}_${chosen.slice(at).toUpperCase()}-`;
      expect(nearest(written, names)).toBe(chosen);
    }),
  );
});

test('one slip in a name of three letters or more is found', () => {
  const name = fc.stringMatching(/^[a-z]{3,20}$/);
  const slips: readonly ((name: string, at: number) => string)[] = [
    (name, at) => name.slice(0, at) + name.slice(at + 1),
    (name, at) => `${name.slice(0, at)}0${name.slice(at)}`,
    (name, at) => `${name.slice(0, at)}0${name.slice(at + 1)}`,
    (name, at) => name.slice(0, at) + (name[at + 1] ?? '') + name.charAt(at) + name.slice(at + 2),
  ];
  fc.assert(
    fc.property(name, fc.nat(), fc.constantFrom(...slips), (name, at, slip) => {
      expect(nearest(slip(name, at % name.length), [name])).toBe(name);
    }),
  );
});

test('a name of a megabyte is compared with nothing', () => {
  expect(nearest('a'.repeat(1_000_000), models)).toBeUndefined();
});
