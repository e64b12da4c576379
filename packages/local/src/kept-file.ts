import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseJson } from '@org/contract';
import * as z from 'zod/mini';

/** The file is not what this gateway writes. */
export class KeptFileError extends Error {
  override readonly name = 'KeptFileError';
}

/** A value in a file. */
export interface KeptFile<Value> {
  /** Undefined if there is no file. */
  read(): Value | undefined;
  write(value: Value): void;
}

/**
 * A JSON file that only its owner can read. Each change replaces the whole file, so a killed process leaves either the old
 * file or the new one.
 *
 * @param options.error What to say if it is another file.
 * @param options.flush Whether it also outlives a machine that loses power. Default: false.
 */
export function keptFile<Value>(
  path: string,
  schema: z.ZodMiniType<Value>,
  { error, flush = false }: { readonly error: string; readonly flush?: boolean },
): KeptFile<Value> {
  return {
    read() {
      const text = readFileIfThere(path);
      if (text === undefined) return undefined;
      const { data } = z.safeParse(schema, parseJson(text));
      if (data === undefined) throw new KeptFileError(`${path} is ${error}`);
      return data;
    },
    write(value) {
      writeFileSync(`${path}.new`, JSON.stringify(value, undefined, 2), { mode: 0o600, flush });
      renameSync(`${path}.new`, path);
    },
  };
}

function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
