import * as z from 'zod/mini';
import type { Call } from '../../call/call.ts';
import type { ChosenModel } from '../../config.ts';
import type { CountingDoor, Door } from '../door.ts';
import { readFields } from '../fields.ts';
import type { Spelling } from '../spelling.ts';
import { contentOf, messageFrame, passedOn, stopOf, usageFields } from './answer.ts';
import { conversationOf } from './conversation.ts';
import { countFields, messageFields } from './fields.ts';
import { bodyForClaude, isClaude } from './for-claude.ts';
import { type MessagesRequest, readRequest } from './request.ts';
import { frames } from './stream.ts';

const spelling: Spelling = {
  maxTokens: 'max_tokens',
  topP: 'top_p',
  stop: 'stop_sequences',
  toolChoice: 'tool_choice',
  reasoning: 'thinking',
  outputSchema: 'output_config',
  cache: 'cache_control',
  serviceTier: 'service_tier',
};

const Answering = z.looseObject({
  max_tokens: z.int().check(z.minimum(1, 'must be at least 1')),
  stream: z.optional(z.boolean()),
});

/**
 * Anthropic's Messages API. Claude gets the caller's own body, and its answer goes out as it comes; for other models
 * both are translated.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export const messagesDoor: Door = {
  spelling,

  parse(body, header) {
    const request = readRequest(messageFields, body, header);
    const { max_tokens, stream } = readFields(Answering, request.fields);
    return {
      alias: request.model,
      call: (model) => callOf(request, max_tokens, model),
      customer: request.customer,
      whole: stream !== true,
    };
  },

  answer({ requestId, body, finished }) {
    const { reply, stopReason, usage } = finished;
    if (reply.message) return passedOn(reply.message, body);
    return {
      ...messageFrame(requestId, body),
      content: contentOf(reply, body),
      ...stopOf(stopReason, body),
      usage: usageFields(usage),
    };
  },

  frames,
};

/** @see https://platform.claude.com/docs/en/api/messages-count-tokens */
export const countTokensDoor: CountingDoor = {
  spelling,

  parse(body, header) {
    const request = readRequest(countFields, body, header);
    // The answer's length is not known here, and a model's thinking budget is part of it.
    return {
      alias: request.model,
      call: (model) => callOf(request, model.definition.maxOutputTokens, model),
    };
  },

  answer: (input_tokens) => ({ input_tokens }),
};

/** Through Bedrock's Messages API if the model has it. */
function callOf(request: MessagesRequest, maxTokens: number, model: ChosenModel): Call {
  const { definition } = model;
  return isClaude(definition)
    ? { kind: 'messages', body: bodyForClaude(request, maxTokens, { ...model, definition }) }
    : conversationOf(request.fields, model);
}
