import { parseJson } from '@org/contract';
import type { Amounts } from '@org/lambda/ledger/amounts';
import type { RequestLog } from '@org/lambda/log/request-log';
import * as z from 'zod/mini';

const Amount = z.object({ requests: z.number(), tokens: z.number(), usd: z.number() } satisfies Record<
  keyof Amounts,
  z.ZodMiniType
>);

/** A line of the log, as far as a replay uses it. */
const Line = z.object({
  /** The end of the request, ISO 8601. */
  timestamp: z.iso.datetime(),
  message: z.literal('request'),
  totalMs: z.number(),
  keyId: z.optional(z.string()),
  team: z.optional(z.string()),
  plan: z.optional(z.string()),
  model: z.optional(z.string()),
  person: z.optional(z.string()),
  customer: z.optional(z.string()),
  code: z.optional(z.string()),
  held: z.optional(Amount),
  charged: z.optional(Amount),
} satisfies { [Field in keyof RequestLog | 'timestamp' | 'message']?: z.ZodMiniType });

/** A call that was admitted. */
export interface LoggedCall {
  /** Milliseconds since 1970, by the function's clock. */
  readonly began: number;
  readonly ended: number;
  readonly keyId: string;
  readonly team: string;
  readonly plan: string;
  readonly model: string;
  readonly person?: string | undefined;
  readonly customer?: string | undefined;
  readonly held: Amounts;
  readonly charged: Amounts;
}

/** The content of a line: a call; a call that a limit refused, whose hold the log does not have; or neither. */
export type LineContent = LoggedCall | 'refused' | undefined;

const refusals: ReadonlySet<string> = new Set(['quota_exceeded', 'rate_limited', 'exceeds_limit']);

/** Reads a line of the log. Lines of other programs, and requests that called no model, are `undefined`. */
export function readLine(line: string): LineContent {
  const { data } = z.safeParse(Line, parseJson(line));
  if (!data) return undefined;
  const { timestamp, totalMs, code, held, charged, keyId, team, plan, model, person, customer } = data;
  if (!held || !charged) return code !== undefined && refusals.has(code) ? 'refused' : undefined;
  if (keyId === undefined || team === undefined || plan === undefined || model === undefined)
    return undefined;
  const ended = Date.parse(timestamp);
  return { began: ended - totalMs, ended, keyId, team, plan, model, person, customer, held, charged };
}
