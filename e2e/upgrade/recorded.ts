import { readFileSync } from 'node:fs';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

/** What `usage --json` prints. */
export const UsageReport = z.looseObject({
  usage: z.array(z.looseObject({ used: z.looseObject({ month: z.looseObject({ tokens: z.number() }) }) })),
});

const Recorded = z.object({
  /** As its user wrote it. */
  config: z.unknown(),
  /** All items of the table. */
  items: z.array(z.record(z.string(), z.custom<AttributeValue>())),
  /** API keys that were made at run time, as the local gateway keeps them. */
  keys: z.looseObject({ keys: z.array(z.looseObject({ id: z.string(), value: z.string() })) }),
  /** What the release's own commands printed about them, as JSON. */
  shown: z.object({
    teams: z.array(z.looseObject({ name: z.string() })),
    keys: z.array(z.looseObject({ name: z.string(), id: z.string() })),
    usage: UsageReport,
  }),
});

/** Data of the last release, written by record.ts. */
export const recorded = Recorded.parse(
  JSON.parse(readFileSync(new URL('release/recorded.json', import.meta.url), 'utf8')),
);
