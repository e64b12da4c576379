import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CliError } from '../cli-error.ts';
import { readTeamsFile } from './import-teams.ts';

async function faultsOf(teams: unknown): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'import-teams-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'teams.json');
  writeFileSync(file, JSON.stringify(teams));
  const fault: unknown = await readTeamsFile(file).catch((error: unknown) => error);
  if (!(fault instanceof CliError)) throw new Error('It was read.');
  return `${fault.message}\n${fault.advice}`;
}

const team = { name: 'acme', plan: 'starter', keys: ['acme-app'] };

test.each([
  [
    'a field that is misspelt',
    [{ ...team, paln: 'starter' }],
    '  0.paln: is not a field of the file; remove it',
  ],
  ['a plan that is missing', [{ ...team, plan: undefined }], '  0.plan: is missing; it must be a text'],
  ['a name with a space', [team, { ...team, name: 'a b' }], '  1.name: must start with a letter or digit'],
  ['a key of no kind', [{ ...team, keys: [1] }], '  0.keys.0: must be a text or an object'],
  [
    'a limit of no kind',
    [{ ...team, keys: [{ name: 'app', limits: { calls: { day: 1 } } }] }],
    '  0.keys.0.limits.calls: is not a field of the file',
  ],
  ['a team alone', team, '  file: must be a list'],
])('%s is named with its field, as a fault of the config is', async (_, teams, line) => {
  const said = await faultsOf(teams);
  expect(said).toMatch(/teams\.json is no list of teams\.\n {2}/);
  expect(said).toContain(line);
});
