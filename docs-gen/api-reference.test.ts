import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodes, errorDefinition } from '@org/contract';
import { beforeAll, expect, test } from 'vitest';
import { type Export, readExports, renderReference } from './api-reference.ts';
import { expectCommitted, repository } from './committed.ts';

const directory = join(repository, 'packages/client-sdk');
const page = (name: string) => readFile(join(directory, name), 'utf8');
let exported: Export[];

beforeAll(() => {
  exported = readExports(directory);
}, 30_000);

test('every export has a docstring, and so has every option, method and field of it', () => {
  const entries = exported.flatMap((entry) => [entry, ...entry.members]);
  expect(entries.length).toBeGreaterThan(200);
  expect(entries.filter(({ docs }) => docs === '').map(({ name }) => name)).toEqual([]);
});

test('the reference is what the docstrings say', () => {
  expectCommitted('packages/client-sdk/docs/reference.md', renderReference(exported));
});

test('the table of errors in the README has each class, and all its codes', async () => {
  const listed = (await page('README.md')).matchAll(/^\| `(\w+Error)`[^|]*\|([^|]*)\|/gm);
  const classes = exported.filter(({ file, kind }) => file === 'errors.ts' && kind === 'class');
  const declared = classes.map(({ name, members }) => {
    const type = members.find((member) => member.name === `${name}.code`)?.code.replace('code: ', '') ?? '';
    return [name, words(exported.find((entry) => entry.name === type)?.code ?? type)];
  });
  expect(Object.fromEntries([...listed].map(([, name, codes = '']) => [name, words(codes)]))).toEqual(
    Object.fromEntries(declared),
  );
});

test('every option is in a table of the configuration, or of retries and time limits', async () => {
  const pages = await Promise.all(['docs/configuration.md', 'docs/retries-and-time-limits.md'].map(page));
  const listed = pages.flatMap((text) =>
    [...text.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) => words(cell)),
  );
  const options = exported.filter(({ file, name }) => file === 'options.ts' && name.endsWith('Options'));
  const names = options.flatMap(({ members }) => members.map(({ name }) => name.replace(/^.*\./, '')));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !listed.includes(name))).toEqual([]);
});

test('what is sent again is what the contract calls retryable', async () => {
  const text = await page('docs/retries-and-time-limits.md');
  const [, list = ''] = /^## What is sent again\n\n(.*?)\n\n/ms.exec(text) ?? [];
  expect(words(list)).toEqual(errorCodes.filter((code) => errorDefinition(code).retryable).sort());
});

/** The words in quotation marks. */
function words(text: string): string[] {
  return [...text.matchAll(/['`](\w+)['`]/g)].map(([, word = '']) => word).sort();
}
