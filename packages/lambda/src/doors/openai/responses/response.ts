import { allInputTokens } from '@org/models';
import type { Response, ResponseError, ResponseUsage } from 'openai/resources/responses/responses';
import type { TokenUsage } from '../../../call/reply.ts';
import type { Json } from '../../../json.ts';
import type { ReadRequest } from '../../door.ts';
import type { Item } from './items.ts';

/** Why a response has failed. Codex knows a code beyond the SDK's. */
export interface Failure {
  readonly code: ResponseError['code'] | 'context_length_exceeded';
  readonly message: string;
}

/** How far a response has come. */
export interface Progress extends Pick<Response, 'status' | 'incomplete_details'> {
  readonly output: readonly Item[];
  readonly usage: ResponseUsage | null;
  readonly error: Failure | null;
}

export const begun: Progress = {
  status: 'in_progress',
  incomplete_details: null,
  output: [],
  usage: null,
  error: null,
};

/** The response object: the request, and the output so far. The SDKs make its `output_text`. */
export function responseOf({ requestId, at, body }: ReadRequest, progress: Progress) {
  const asked = (name: keyof Response, otherwise: Json): Json => body[name] ?? otherwise;
  return {
    id: `resp_${requestId}`,
    object: 'response',
    created_at: Math.floor(at / 1000),
    ...progress,
    access_programs: null,
    background: false,
    instructions: asked('instructions', null),
    max_output_tokens: asked('max_output_tokens', null),
    metadata: asked('metadata', {}),
    model: asked('model', ''),
    parallel_tool_calls: asked('parallel_tool_calls', true),
    previous_response_id: null,
    reasoning: asked('reasoning', { effort: null, summary: null }),
    service_tier: asked('service_tier', 'default'),
    temperature: asked('temperature', null),
    text: asked('text', { format: { type: 'text' } }),
    tool_choice: asked('tool_choice', 'auto'),
    tools: asked('tools', []),
    top_p: asked('top_p', null),
    truncation: asked('truncation', 'disabled'),
  } satisfies Record<Needed, unknown> & { readonly [Name in keyof Response]?: unknown };
}

/** Fields that the SDK's type requires. */
type Needed = {
  [Name in keyof Response]-?: undefined extends Response[Name]
    ? never
    : Name extends 'output_text'
      ? never
      : Name;
}[keyof Response];

/** How an answer ended. */
export function endOf(stopReason: string): Pick<Progress, 'status' | 'incomplete_details'> {
  const reason = reasons.get(stopReason);
  return reason === undefined
    ? { status: 'completed', incomplete_details: null }
    : { status: 'incomplete', incomplete_details: { reason } };
}

const reasons = new Map<string, NonNullable<Response['incomplete_details']>['reason']>([
  ['max_tokens', 'max_output_tokens'],
  ['model_context_window_exceeded', 'max_output_tokens'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['refusal', 'content_filter'],
]);

/** Bedrock does not count thoughts by themselves: they are among the output tokens. */
export function usageOf(usage: TokenUsage): ResponseUsage {
  const { cacheReadTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = usage;
  return {
    input_tokens: allInputTokens(usage),
    input_tokens_details: {
      cached_tokens: cacheReadTokens,
      cache_write_tokens: cacheWriteTokens + cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.totalTokens,
  };
}
