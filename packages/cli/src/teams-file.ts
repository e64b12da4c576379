import { parseTeams, parseTeamsCsv, type TeamImport } from '@org/admin';
import { CliError } from './cli-error.ts';
import { readTextFile } from './text-file.ts';

/**
 * Reads a file of teams: CSV if its name ends so, otherwise JSON.
 *
 * @param file Relative to where npm was run.
 * @throws {CliError} If it cannot be read.
 * @throws {AdminError} If it has another form.
 */
export async function readTeamsFile(file: string): Promise<TeamImport[]> {
  const unreadable = (error: Error): never => {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} cannot be read: ${error.message}.`, 'Give a file of teams, in JSON or CSV.');
  };
  const text = await readTextFile(file).catch(unreadable);
  if (/\.csv$/i.test(file)) return parseTeamsCsv(text, file);
  const list: unknown = await Promise.resolve(text).then(JSON.parse).catch(unreadable);
  return parseTeams(list, file);
}
