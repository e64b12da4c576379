import { type LimitKind, limitKinds } from '@org/contract';
import type { AuthorizationLog } from '@org/lambda/authorization-log';
import { unitOf } from '@org/lambda/ledger/amounts';
import type { RequestLog } from '@org/lambda/log/request-log';
import * as z from 'zod/mini';

const string = z.optional(z.string());
const number = z.optional(z.number());

/** From whole micro-USD, as the log has them, to USD. */
const Amounts = z.pipe(
  z.object({ requests: z.number(), tokens: z.number(), usd: z.number() } satisfies Record<
    LimitKind,
    z.ZodMiniType
  >),
  z.transform(({ requests, tokens, usd }) => ({ requests, tokens, usd: usd / unitOf.usd })),
);

/** What the function logged of a request. Amounts are requests, tokens and USD; times are milliseconds. */
export type LoggedRequest = z.output<typeof LoggedRequest>;
export const LoggedRequest = z.object({
  /** When it ended, ISO 8601. */
  timestamp: z.string(),
  message: z.literal('request'),
  requestId: z.string(),
  operation: string,
  door: string,
  client: string,
  keyId: string,
  team: string,
  plan: string,
  person: string,
  customer: string,
  model: string,
  modelId: string,
  status: number,
  code: string,
  maxTokensLoweredTo: number,
  stopReason: string,
  usage: z.optional(
    z.object({
      ...{ inputTokens: z.number(), outputTokens: z.number() },
      ...{ cacheReadTokens: number, cacheWriteTokens: number, cacheWrite1hTokens: number },
    }),
  ),
  costUsd: number,
  held: z.optional(Amounts),
  charged: z.optional(Amounts),
  underestimated: z.optional(z.boolean()),
  settleError: string,
  refusedBy: z.optional(
    z.object({
      limit: z.enum([...limitKinds, 'callsAtOnce']),
      ...{ period: string, scope: z.string(), max: z.number() },
      ...{ used: number, allowedNow: number, needed: number, resetsAt: string },
    }),
  ),
  deltas: number,
  firstDeltaMs: number,
  callerGone: z.optional(z.boolean()),
  upstreamMs: number,
  totalMs: number,
  failure: z.optional(z.object({ name: z.string(), status: number, requestId: string, said: string })),
} satisfies { [Field in keyof RequestLog | 'timestamp' | 'message']?: z.ZodMiniType });

/** What the authorizer logged of the credential of a request. */
export type LoggedAuthorization = z.output<typeof LoggedAuthorization>;
export const LoggedAuthorization = z.object({
  timestamp: z.string(),
  message: z.literal('authorization'),
  outcome: z.enum(['token', 'refused', 'failed'] satisfies AuthorizationLog['outcome'][]),
  reason: string,
  remedy: string,
  team: string,
  failure: string,
} satisfies { [Field in keyof AuthorizationLog | 'timestamp' | 'message']?: z.ZodMiniType });

/** A call that the prompt log lacks, though it should have it. */
export const LostPrompt = z.object({ message: z.literal('prompt-log'), failure: z.string() });

/** What API Gateway logged of a request, as far as it came. All are text, and `-` for what there is not. */
export type GatewayAccess = z.output<typeof GatewayAccess>;
export const GatewayAccess = z.object({
  requestTime: z.string(),
  apiKeyId: z.string(),
  httpMethod: z.string(),
  resourcePath: z.string(),
  status: z.string(),
  /** API Gateway's name for its own refusal, such as `THROTTLED` or `QUOTA_EXCEEDED`. */
  responseType: z.string(),
  responseLatencyMs: z.string(),
});
