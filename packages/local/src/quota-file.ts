import * as z from 'zod/mini';
import { type KeptFile, keptFile } from './kept-file.ts';
import type { QuotaState } from './limits/quota.ts';

const Quotas = z.record(
  z.string(),
  z.object({ periodStart: z.number(), used: z.number(), first: z.boolean() } satisfies Record<
    keyof QuotaState,
    z.ZodMiniType
  >),
);

/** Keeps what was used of quotas in a file. Each request is there before it is answered. */
export function quotaFile(path: string): KeptFile<Record<string, QuotaState>> {
  return keptFile(path, Quotas, { error: 'not a file of quotas. Remove it to start them from 0.' });
}
