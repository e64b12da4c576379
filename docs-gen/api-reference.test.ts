import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Export, readExports, renderReference } from './api-reference.ts';
import { expectCommitted, repository } from './committed.ts';

const directory = join(repository, 'packages/client-sdk');
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
