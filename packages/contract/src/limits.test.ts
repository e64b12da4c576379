import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limitKinds, limitPeriods } from './limits.ts';

test.each([
  ['docs/limits.md', (name: string) => `${name}: `],
  ['packages/client-sdk/docs/limits-and-models.md', (name: string) => `\`${name}\``],
])('%s names every kind of limit and every period', (file, asWritten) => {
  const page = readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');
  const names = [...limitKinds, ...limitPeriods];
  expect(names.filter((name) => !page.includes(asWritten(name)))).toEqual([]);
});
