import type { MessagesCall } from '../../call/call.ts';
import type { ReplyEvent } from '../../call/reply.ts';
import type { Target } from '../../call/upstream.ts';
import { at, isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Exchange } from '../exchange.ts';
import { malformedReply } from '../failure.ts';
import { usageOf } from '../token-usage.ts';
import { chunkOf, guardrailIntervened, invokeRequest } from './invoke.ts';

/** The one version that Bedrock takes. */
const version = 'bedrock-2023-05-31';

/**
 * A request in the words of Anthropic's Messages API. Its answer is passed on as it is; only what it took and why the
 * model stopped is read.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export function invokeMessages({ body }: MessagesCall, target: Target): Exchange {
  // Of a stream, the first event has the input's tokens and a later one the output's.
  let counted: JsonObject = {};
  const took = (usage: Json | undefined): ReplyEvent[] => {
    // Most events of a stream say nothing of it.
    if (!isJsonObject(usage)) return [];
    const said = Object.entries(usage).filter(([, count]) => count !== null);
    counted = { ...counted, ...Object.fromEntries(said) };
    return usageOf({
      input: counted['input_tokens'],
      output: counted['output_tokens'],
      cacheRead: counted['cache_read_input_tokens'],
      cacheWrite: counted['cache_creation_input_tokens'],
      cacheWrite1h: at(counted, 'cache_creation', 'ephemeral_1h_input_tokens'),
    });
  };
  const read = (event: JsonObject, usage: Json | undefined, stopReason: Json | undefined): ReplyEvent[] => {
    const stopped = guardrailIntervened(event) ? 'guardrail_intervened' : stopReason;
    return [
      { type: 'message', event },
      ...(typeof stopped === 'string' ? [{ type: 'stopped' as const, stopReason: stopped }] : []),
      ...took(usage),
    ];
  };
  return {
    ...invokeRequest(target),
    body: { ...body, anthropic_version: version },
    quotesRefusals: true,
    whole(answer) {
      if (!isJsonObject(answer) || !Array.isArray(answer['content'])) throw malformedReply();
      return read(answer, answer['usage'], answer['stop_reason']);
    },
    event(type, body) {
      const event = chunkOf(type, body);
      if (event === undefined) return [];
      // The first event has but one token of the answer: a stream that says no more has not said what it took.
      took(at(event, 'message', 'usage'));
      return read(event, event['usage'], at(event, 'delta', 'stop_reason'));
    },
  };
}
