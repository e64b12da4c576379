import { CostStatement, costStatement } from '@org/admin';
import { parseJson } from '@org/contract';
import { loadProxyConfig } from '@org/infra/config';
import * as z from 'zod/mini';
import { CliError } from './cli-error.ts';
import { readTextFile } from './text-file.ts';

const Printed = z.object({ cost: CostStatement });

/**
 * Reads what a config can cost a month at the most.
 *
 * @param file The JSON that `config check --json` printed, or another config; relative to where npm was run.
 * @throws {CliError} If it is a JSON file of another form, or cannot be read.
 * @throws {ConfigError} If it is a config that is not valid.
 */
export async function readCostStatement(file: string): Promise<CostStatement> {
  if (!file.endsWith('.json')) return costStatement(await loadProxyConfig(file));
  const text = await readTextFile(file).catch((error: Error) => {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `${file} cannot be read: ${error.message}.`,
      'Give a file that config check --json wrote.',
    );
  });
  const { data } = z.safeParse(Printed, parseJson(text));
  if (data) return data.cost;
  throw new CliError(
    `${file} is not the output of config check --json for a valid config.`,
    'Write it again with the same version of this command line.',
  );
}
