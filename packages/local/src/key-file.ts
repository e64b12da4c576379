import * as z from 'zod/mini';
import { keptFile } from './kept-file.ts';
import type { KeyStore } from './limits/api-key-registry.ts';

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
 * Keeps keys in a file, which has their values. Each change is there before it is answered.
 *
 * @throws {KeptFileError} When it is read, if it is another file.
 */
export function keyFile(path: string): KeyStore {
  const file = keptFile(path, KeptKeysSchema, {
    error: "not a file of API keys. Remove it to start with the config's keys.",
    flush: true,
  });
  return {
    read() {
      const { keys, deleted, plans } = file.read() ?? { keys: [], deleted: [], plans: [] };
      return {
        keys: keys.map((key) => ({ description: undefined, ...key })),
        deleted,
        plans: plans.map((plan) => ({ throttle: undefined, quota: undefined, ...plan })),
      };
    },
    write: ({ keys, deleted, plans }) =>
      file.write({ keys: [...keys], deleted: [...deleted], plans: [...plans] }),
  };
}
