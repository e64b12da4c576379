import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readTeamsFile } from './teams-file.ts';

test.each([
  [
    'with lines as Windows has them, and empty ones at its end',
    '[\r\n  { "name": "acme", "plan": "starter" }\r\n]\r\n\r\n',
  ],
  ['with a byte order mark', '\ufeff[{ "name": "acme", "plan": "starter" }]'],
])('a file of teams is read %s', async (_, content) => {
  const directory = await mkdtemp(join(tmpdir(), 'proxy-teams-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'teams.json');
  await writeFile(file, content);
  expect(await readTeamsFile(file)).toEqual([{ name: 'acme', plan: 'starter', keys: [] }]);
});
