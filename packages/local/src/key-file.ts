import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { parseJson } from './http/parse-json.ts';
import type { KeptKeys, KeyStore } from './limits/api-key-registry.ts';

/** A file of kept keys that cannot be read as one. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

const KeptKeysSchema = z.object({
  keys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      value: z.string(),
      enabled: z.boolean(),
      description: z.optional(z.string()),
      createdAt: z.number(),
      changedAt: z.number(),
      plan: z.optional(z.string()),
    }),
  ),
  deleted: z.array(z.string()),
});

/**
 * Keeps keys in a file of JSON, which nobody but its owner may read: the values of the keys are in it. It is put in
 * place whole, before the change is answered, so that a process that is killed leaves the file of before or after.
 */
export function keyFile(path: string): KeyStore {
  return {
    read: () => readKeys(path),
    write(kept) {
      writeFileSync(`${path}.new`, JSON.stringify(kept, undefined, 2), { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
    },
  };
}

function readKeys(path: string): KeptKeys {
  const text = readFileIfThere(path);
  if (text === undefined) return { keys: [], deleted: [] };
  const { data } = z.safeParse(KeptKeysSchema, parseJson(text));
  if (data) return { ...data, keys: data.keys.map((key) => ({ description: undefined, ...key })) };
  throw new KeyFileError(
    `${path} is not a file of API keys. Remove it to begin with the keys of the config.`,
  );
}

function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
