import type * as z from 'zod/mini';
import { Answer, AskRequest } from './ask.ts';
import type { ErrorCode } from './errors.ts';
import { UsageReport } from './limits.ts';
import { ModelList } from './model-list.ts';
import { StreamEvent } from './stream.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below the stage: `https://{api}/{stage}{path}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Whether the answer comes whole, or as server-sent events while it is made. */
  readonly transfer: 'buffered' | 'stream';
  /** Left out where a request has no body. */
  readonly request?: z.ZodMiniType;
  /** Of the whole answer, or of each event. */
  readonly response: z.ZodMiniType;
  /** Every code that this route can answer with. */
  readonly errors: readonly ErrorCode[];
}

const askErrors = [
  'invalid_json',
  'invalid_request',
  'context_too_long',
  'unsupported_feature',
  'unauthenticated',
  'access_denied',
  'model_not_allowed',
  'unknown_model',
  'request_too_large',
  'exceeds_limit',
  'quota_exceeded',
  'rate_limited',
  'model_throttled',
  'upstream_error',
  'upstream_denied',
  'invalid_output',
  'model_unavailable',
  'limits_unavailable',
  'model_timeout',
  'internal',
] as const satisfies readonly ErrorCode[];

const keyErrors = [
  'unauthenticated',
  'access_denied',
  'quota_exceeded',
  'rate_limited',
  'limits_unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];

/** Every route, once. The Lambda's router, the API Gateway resources and the client all read this table. */
export const routes = {
  ask: {
    method: 'POST',
    path: '/bedrock',
    summary: 'Ask a model a question and get its whole answer.',
    transfer: 'buffered',
    request: AskRequest,
    response: Answer,
    errors: askErrors,
  },
  stream: {
    method: 'POST',
    path: '/bedrock/stream',
    summary: 'Ask a model a question and get its answer while it is written, as server-sent events.',
    transfer: 'stream',
    request: AskRequest,
    response: StreamEvent,
    errors: askErrors,
  },
  models: {
    method: 'GET',
    path: '/models',
    summary: 'See the models that this key may ask, and what each can do.',
    transfer: 'buffered',
    response: ModelList,
    errors: keyErrors,
  },
  usage: {
    method: 'GET',
    path: '/usage',
    transfer: 'buffered',
    summary: "See this key's limits: how much is used, how much is left, and when they reset.",
    response: UsageReport,
    errors: keyErrors,
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

/** The routes that are answered in one way or the other. */
export type RoutesOf<Transfer extends Route['transfer']> = {
  [Name in RouteName]: (typeof routes)[Name]['transfer'] extends Transfer ? Name : never;
}[RouteName];
