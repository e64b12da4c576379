import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError } from './cli-error.ts';

/**
 * Reads a file that a person wrote. Editors may begin it with a byte order mark.
 *
 * @param file Relative to where npm was run.
 * @throws {CliError} If it is in another encoding than UTF-8.
 * @throws {Error} If it cannot be read, as thrown by `node:fs`.
 */
export async function readTextFile(file: string): Promise<string> {
  const bytes = await readFile(resolve(process.env['INIT_CWD'] ?? '.', file));
  // With or without its mark, one byte in two of its first characters is 0; of JSON in UTF-8 none is.
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (marked || first === 0 || second === 0) throw notUtf8(`${file} is in UTF-16.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(`${file} is not in UTF-8.`);
  }
}

function notUtf8(message: string): CliError {
  return new CliError(message, 'Save it as UTF-8.');
}
