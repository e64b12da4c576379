import type * as z from 'zod/mini';
import { Answer, AskRequest } from './ask.ts';
import type { ErrorCode } from './errors.ts';
import { UsageReport } from './limits.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below the stage: `https://{api}/{stage}{path}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Left out where a request has no body. */
  readonly request?: z.ZodMiniType;
  readonly response: z.ZodMiniType;
  /** Every code that this route can answer with. */
  readonly errors: readonly ErrorCode[];
}

/** Every route, once. The Lambda's router, the API Gateway resources and the client all read this table. */
export const routes = {
  ask: {
    method: 'POST',
    path: '/bedrock',
    summary: 'Ask a model a question and get its whole answer.',
    request: AskRequest,
    response: Answer,
    errors: [
      'invalid_json',
      'invalid_request',
      'context_too_long',
      'unsupported_feature',
      'unauthenticated',
      'model_not_allowed',
      'unknown_model',
      'request_too_large',
      'quota_exceeded',
      'rate_limited',
      'model_throttled',
      'upstream_error',
      'upstream_denied',
      'model_unavailable',
      'limits_unavailable',
      'model_timeout',
      'internal',
    ],
  },
  usage: {
    method: 'GET',
    path: '/usage',
    summary: "See this key's limits: how much is used, how much is left, and when they reset.",
    response: UsageReport,
    errors: ['unauthenticated', 'quota_exceeded', 'rate_limited', 'limits_unavailable', 'internal'],
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
