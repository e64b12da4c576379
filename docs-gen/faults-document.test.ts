import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultDocument } from './faults-document.ts';

const document = join(import.meta.dirname, '../docs/limits-under-faults.md');

test('docs/limits-under-faults.md is what the matrix says', async () => {
  const text = faultDocument();
  if (process.env['UPDATE_DOCS']) await writeFile(document, text);
  expect(await readFile(document, 'utf8')).toBe(text);
});
