import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderConfigDocument } from './config-document.ts';

const repository = join(import.meta.dirname, '..');
const document = join(repository, 'docs/config.md');

test('docs/config.md is what the types of the config say', async () => {
  const text = renderConfigDocument(join(repository, 'packages'));
  if (process.env['UPDATE_DOCS']) await writeFile(document, text);
  expect(await readFile(document, 'utf8')).toBe(text);
});
