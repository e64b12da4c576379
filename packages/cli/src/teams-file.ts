import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseTeams, type TeamImport } from '@org/admin';
import { CliError } from './cli-error.ts';

/**
 * Reads a JSON file of teams.
 *
 * @param file Relative to where npm was run.
 * @throws {CliError} If it cannot be read.
 * @throws {AdminError} If it says something else.
 */
export async function readTeamsFile(file: string): Promise<TeamImport[]> {
  const path = resolve(process.env['INIT_CWD'] ?? '.', file);
  const list: unknown = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch((error: Error) => {
      throw new CliError(`${file} cannot be read: ${error.message}.`, 'Give a JSON file of teams.');
    });
  return parseTeams(list, file);
}
