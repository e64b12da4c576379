import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

export const repository = join(import.meta.dirname, '..');

/**
 * Compares a document with the committed one; with `UPDATE_DOCS=1`, writes it.
 *
 * @param path Relative to the root of the repository.
 */
export function expectCommitted(path: string, text: string): void {
  const file = join(repository, path);
  if (process.env['UPDATE_DOCS']) writeFileSync(file, text);
  expect(
    readFileSync(file, 'utf8'),
    `${path} is out of date. Write it again: UPDATE_DOCS=1 node_modules/.bin/vitest run --project node docs-gen`,
  ).toBe(text);
}
