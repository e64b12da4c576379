import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { parseJson } from './http/parse-json.ts';
import type { KeptKeys, KeyStore } from './limits/api-key-registry.ts';

/** The file is not a file of kept keys. */
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
      tags: z._default(z.record(z.string(), z.string()), {}),
      createdAt: z.number(),
      changedAt: z.number(),
      plan: z.optional(z.string()),
    }),
  ),
  deleted: z.array(z.string()),
  plans: z._default(
    z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        detached: z.optional(z.boolean()),
        throttle: z.optional(z.object({ rate: z.number(), burst: z.number() })),
        quota: z.optional(
          z.object({ limit: z.number(), period: z.enum(['DAY', 'WEEK', 'MONTH']), offset: z.number() }),
        ),
      }),
    ),
    [],
  ),
});

/**
 * Keeps keys in a JSON file that only its owner can read, because it has the keys' values. Each change replaces the
 * whole file before it is answered, so a killed process leaves either the old file or the new one.
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
  if (text === undefined) return { keys: [], deleted: [], plans: [] };
  const { data } = z.safeParse(KeptKeysSchema, parseJson(text));
  if (data) {
    return {
      ...data,
      keys: data.keys.map((key) => ({ description: undefined, ...key })),
      plans: data.plans.map((plan) => ({ throttle: undefined, quota: undefined, ...plan })),
    };
  }
  throw new KeyFileError(`${path} is not a file of API keys. Remove it to start with the config's keys.`);
}

function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
