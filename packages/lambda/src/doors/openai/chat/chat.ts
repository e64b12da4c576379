import type * as z from 'zod/mini';
import type { ChatCall } from '../../../call/call.ts';
import { longAnswerTokens } from '../../../call/max-tokens.ts';
import { textOf } from '../../../call/reply.ts';
import type { AnswerFacts, Door } from '../../door.ts';
import { heededFields } from '../../field-table.ts';
import { readFields } from '../../fields.ts';
import { customerOf } from '../customer.ts';
import { chatChunks } from './chunks.ts';
import { completionOf, finishReason, mostToolCalls } from './completion.ts';
import { conversationOf } from './conversation.ts';
import { chatFields } from './fields.ts';
import { ChatRequestSchema } from './request.ts';
import { toolsOf } from './tools.ts';
import { chatUsage } from './usage.ts';

/** OpenAI's API for chat completions. */
export const chatCompletionsDoor: Door = {
  parse(body) {
    const { model, stream, ...request } = readFields(ChatRequestSchema, heededFields(chatFields, body));
    return {
      alias: model,
      call: callOf(request),
      customer: customerOf(request),
      whole: stream !== true,
    };
  },
  answer,
  frames: chatChunks,
  spelling: {
    maxTokens: 'max_completion_tokens',
    topP: 'top_p',
    outputSchema: 'response_format',
    reasoning: 'reasoning_effort',
    toolChoice: 'tool_choice',
    serviceTier: 'service_tier',
  },
};

type ChatRequest = z.output<typeof ChatRequestSchema>;

function callOf({
  messages,
  max_completion_tokens,
  max_tokens,
  temperature,
  top_p,
  stop = [],
  tools = [],
  tool_choice,
  response_format,
  reasoning_effort,
  service_tier,
  // How an answer is written is of the answer.
  stream_options: _,
  parallel_tool_calls: __,
  // For accounts, and not for the model.
  safety_identifier: ___,
  user: ____,
  ...unread
}: Omit<ChatRequest, 'model' | 'stream'>): ChatCall {
  // A field of a request that is not read does not compile.
  unread satisfies Record<string, never>;
  const stops = (typeof stop === 'string' ? [stop] : stop).filter((each) => each !== '');
  return {
    kind: 'chat',
    ...conversationOf(messages),
    ...toolsOf(tools, tool_choice),
    maxTokens: max_completion_tokens ?? max_tokens,
    usualMaxTokens: longAnswerTokens,
    temperature,
    // All of the probability: nothing is cut off.
    topP: top_p === 1 ? undefined : top_p,
    stop: stops.length > 0 ? stops : undefined,
    reasoning: reasoning_effort === 'none' ? 'off' : reasoning_effort,
    outputSchema: response_format?.type === 'json_schema' ? response_format.json_schema.schema : undefined,
    serviceTier: service_tier && tiers[service_tier],
  };
}

const tiers = {
  auto: undefined,
  default: undefined,
  flex: 'flex',
  priority: 'priority',
  fast: 'priority',
} as const;

function answer(facts: AnswerFacts): object {
  const { body, finished } = facts;
  const { reply, stopReason, usage } = finished;
  const text = textOf(reply);
  const thoughts = reply.blocks.map((block) => (block.type === 'reasoning' ? block.text : '')).join('');
  const calls = reply.blocks.filter((block) => block.type === 'tool_use').slice(0, mostToolCalls(body));
  return {
    ...completionOf(facts, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && calls.length > 0 ? null : text,
          refusal: null,
          ...(thoughts !== '' && { reasoning_content: thoughts }),
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ id, name, input }) => ({
              id,
              type: 'function',
              function: { name, arguments: JSON.stringify(input) },
            })),
          }),
        },
        logprobs: null,
        finish_reason: finishReason(stopReason),
      },
    ],
    usage: chatUsage(usage),
  };
}
