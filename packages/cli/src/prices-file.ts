import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '@org/admin';
import { parseJson } from '@org/contract';
import { Price } from '@org/models';
import * as z from 'zod/mini';
import { CliError } from './cli-error.ts';
import { readTextFile } from './text-file.ts';

/** The file that the command `prices` writes beside a config, and that the config imports. */
export type PricesFile = z.output<typeof PricesFile>;
const PricesFile = z.strictObject({
  source: z.string(),
  region: z.string(),
  /** ISO 8601 day. */
  date: z.string(),
  /** By alias, for `prices` of the config. */
  prices: z.record(z.string(), Price),
});

/** `proxy.prices.json` beside `proxy.config.ts`. */
export function pricesFileOf(configFile: string): string {
  const [, name] = /^(.*?)(?:\.config)?\.[a-z]+$/.exec(basename(configFile)) ?? [];
  return join(dirname(configFile), `${name}.prices.json`);
}

/**
 * Undefined if there is no file.
 *
 * @throws {CliError} If somebody else's file is there, or it is not in UTF-8.
 */
export async function readPricesFile(file: string): Promise<PricesFile | undefined> {
  const text = await readTextFile(file).catch((error: Error) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { data } = z.safeParse(PricesFile, parseJson(text));
  if (data) return data;
  throw new CliError(
    `${file} is not a file that this command wrote.`,
    'Move its contents into "prices" of the config, and delete the file. Then run this again.',
  );
}

export async function writePricesFile(file: string, content: PricesFile): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** The lines by which a config uses the file's prices, to paste. */
export function importOf(file: string): readonly string[] {
  return [`import listed from './${basename(file)}' with { type: 'json' };`, 'prices: listed.prices,'];
}
