import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Export, readExports, renderReference } from './api-reference.ts';

const directory = join(import.meta.dirname, '..');
const document = join(directory, 'docs/reference.md');
let exported: Export[];

beforeAll(() => {
  exported = readExports(directory);
}, 30_000);

test('every export has a docstring, and so has every option, method and field of it', () => {
  const entries = exported.flatMap((entry) => [entry, ...entry.members]);
  expect(entries.length).toBeGreaterThan(200);
  expect(entries.filter(({ docs }) => docs === '').map(({ name }) => name)).toEqual([]);
});

test('the reference is what the docstrings say', async () => {
  const text = renderReference(exported);
  if (process.env['UPDATE_DOCS']) await writeFile(document, text);
  expect(await readFile(document, 'utf8')).toBe(text);
});
