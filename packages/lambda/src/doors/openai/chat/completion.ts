import type { JsonObject } from '../../../json.ts';
import { askedModel, type ReadRequest } from '../../door.ts';

/** The first fields of a completion, whole or in chunks. */
export function completionOf(request: ReadRequest, object: 'chat.completion' | 'chat.completion.chunk') {
  const { requestId, at } = request;
  return {
    id: `chatcmpl-${requestId}`,
    object,
    created: Math.floor(at / 1000),
    model: askedModel(request.body),
  };
}

/** How many calls of tools an answer may have. */
export function mostToolCalls(request: JsonObject): number {
  return request['parallel_tool_calls'] === false ? 1 : Number.POSITIVE_INFINITY;
}

/** OpenAI's names for stop reasons. Any other reason is the normal end of an answer. */
const reasons = new Map<string, 'length' | 'tool_calls' | 'content_filter'>([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['refusal', 'content_filter'],
]);

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html */
export function finishReason(stopReason: string): 'stop' | 'length' | 'tool_calls' | 'content_filter' {
  return reasons.get(stopReason) ?? 'stop';
}
