import { parseTeams, type TeamImport } from '@org/admin';
import { CliError } from './cli-error.ts';
import { readTextFile } from './text-file.ts';

/**
 * Reads a JSON file of teams.
 *
 * @param file Relative to where npm was run.
 * @throws {CliError} If it cannot be read.
 * @throws {AdminError} If it has another form.
 */
export async function readTeamsFile(file: string): Promise<TeamImport[]> {
  const list: unknown = await readTextFile(file)
    .then(JSON.parse)
    .catch((error: Error) => {
      if (error instanceof CliError) throw error;
      throw new CliError(`${file} cannot be read: ${error.message}.`, 'Give a JSON file of teams.');
    });
  return parseTeams(list, file);
}
