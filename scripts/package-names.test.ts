import { expect, test } from 'vitest';
import { mentionsScope, newNames, renamePackages } from './package-names.ts';

const from = { scope: '@old', client: 'client' };
const to = { scope: '@new-example', client: 'client' };
const renamed = (text: string, names = to) => renamePackages(text, from, names).text;

test.each([
  ["import { z } from '@old/contract';", "import { z } from '@new-example/contract';"],
  ['"@old/source": "./src/index.ts"', '"@new-example/source": "./src/index.ts"'],
  [
    'node --conditions=@old/source --filter @old/infra',
    'node --conditions=@new-example/source --filter @new-example/infra',
  ],
  ["mkdir(join(packages, '@old'))", "mkdir(join(packages, '@new-example'))"],
  ['/^@old\\/client$/', '/^@new-example\\/client$/'],
  ['The scope is @old.', 'The scope is @new-example.'],
])('the scope is renamed in %s', (text, expected) => {
  expect(renamed(text)).toBe(expected);
});

test.each([
  'https://registry.old',
  'someone@old.example',
  'someone@old',
  '@older/contract',
  '@old-school/contract',
  '@old.school/contract',
  'old/contract',
])('%s is a different name, and stays', (text) => {
  expect(renamePackages(text, from, to)).toEqual({ text, places: 0 });
});

test('the client gets its own name if one is given, but a name that only begins like it does not', () => {
  const names = { scope: '@example', client: 'sdk' };
  expect(renamed("'@old/client/testing' '@old/client' '@old/client-side' '@old/contract'", names)).toBe(
    "'@example/sdk/testing' '@example/sdk' '@example/client-side' '@example/contract'",
  );
});

test('changed places are counted, unchanged ones are not', () => {
  const text = '@old/client @old/contract @old/client';
  expect(renamePackages(text, from, to).places).toBe(3);
  expect(renamePackages(text, from, { ...from, client: 'sdk' })).toEqual({
    text: '@old/sdk @old/contract @old/sdk',
    places: 2,
  });
});

test('renamed packages can be renamed again, and back', () => {
  const text = "'@old' '@old/client' x@old.example";
  const there = renamed(text);
  expect(renamePackages(there, to, from).text).toBe(text);
});

test.each(['@example', '@example-company', '@example.io', '@4u', '@a_b'])('%s is a scope', (scope) => {
  expect(newNames(from, { scope }, ['contract'])).toEqual({ scope, client: 'client' });
});

test.each([
  [{ scope: 'example' }, /must begin with @, as in @example/],
  [{ scope: '@' }, /npm would refuse the scope/],
  [{ scope: '@Example' }, /npm would refuse the scope "@Example".*lower-case/],
  [{ scope: '@_example' }, /must begin with a letter or digit/],
  [{ scope: '@example/client' }, /npm would refuse the scope/],
  [{ scope: "@example'" }, /npm would refuse the scope/],
  [{ scope: `@${'a'.repeat(210)}` }, /has 218 characters, and npm takes 214/],
  [{ scope: '@example', client: '@example/sdk' }, /without its scope/],
  [{ scope: '@example', client: 'contract' }, /already has the name "contract".*--client/],
])('%j is refused', (wanted, message) => {
  expect(() => newNames(from, wanted, ['contract'])).toThrow(message);
});

test('a scope is distinguished from an address and a longer name', () => {
  expect(mentionsScope(' * @see https://example.com', '@see')).toBe(true);
  expect(mentionsScope("'@types/node'", '@types')).toBe(true);
  expect(mentionsScope('me@types.example, @typescript', '@types')).toBe(false);
});
