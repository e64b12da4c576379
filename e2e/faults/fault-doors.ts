import { createBedrockClient, isBedrockProxyError } from '@org/bedrock-client';
import * as z from 'zod/mini';
import { type FaultDoor, maxTokens, question } from './fault-door.ts';
import { plainDoor } from './plain-door.ts';

/** The bytes of the question; for a chat template, and for a block; the longest answer. */
const held = 18 + 128 + 16 + maxTokens;

/** More for tools, because the proxy does not look for them in Claude's own body, and for its JSON: `max_tokens`, role. */
const claudeHold = held + 1024 + 26 + 22;

/** The API of the proxy's own client. */
const native: FaultDoor = {
  name: 'the native API',
  hasClasses: true,
  held,
  uncounted: 'messageStop',
  async ask({ url, transfer, key, signal, outOfTime, onRetry, onPiece }) {
    const client = createBedrockClient({
      baseUrl: url,
      apiKey: key,
      hooks: { onRetry: ({ error }) => onRetry?.(error) },
    });
    const options = {
      ...{ maxTokens, signal, maxRetries: 1, deadlineMs: 200_000 },
      timeoutMs: outOfTime === 'before' ? 1500 : 100_000,
    };
    try {
      if (transfer === 'whole') {
        await client.ask('llama', question, options);
        return undefined;
      }
      const idleTimeoutMs = outOfTime === 'midStream' ? 1000 : 100_000;
      for await (const { type } of client.stream('llama', question, { ...options, idleTimeoutMs })) {
        if (type === 'delta') onPiece?.();
      }
      return undefined;
    } catch (thrown) {
      if (!isBedrockProxyError(thrown)) throw thrown;
      return thrown;
    }
  },
};

const messages = [{ role: 'user', content: question }];

const chatCompletions = plainDoor({
  ...{ name: 'chat completions', held, uncounted: 'messageStop' },
  path: '/v1/chat/completions',
  body: { model: 'llama', max_completion_tokens: maxTokens, messages },
  answer: z.object({ choices: z.tuple([z.object({ finish_reason: z.literal('stop') })]) }),
  piece: z.object({
    choices: z.tuple([z.object({ delta: z.object({ content: z.string().check(z.minLength(1)) }) })]),
  }),
  ends: { '[DONE]': 'answered', error: 'failed' },
});

const responses = plainDoor({
  ...{ name: 'responses', held, uncounted: 'messageStop' },
  path: '/v1/responses',
  body: { model: 'llama', max_output_tokens: maxTokens, input: question },
  answer: z.object({ status: z.literal('completed') }),
  piece: z.object({ type: z.literal('response.output_text.delta') }),
  ends: {
    'response.completed': 'answered',
    'response.incomplete': 'answered',
    'response.failed': 'failed',
  },
});

const messagesApi = {
  path: '/v1/messages',
  answer: z.object({ stop_reason: z.literal('end_turn') }),
  piece: z.object({ type: z.literal('content_block_delta') }),
  ends: { message_stop: 'answered', error: 'failed' },
} as const;

const llamaMessages = plainDoor({
  ...{ name: 'messages, another model', held, uncounted: 'messageStop' },
  ...messagesApi,
  body: { model: 'llama', max_tokens: maxTokens, messages },
});

const claudeMessages = plainDoor({
  name: 'messages, Claude',
  held: claudeHold,
  // Before the last two events: the token counts, and the end.
  uncounted: -2,
  ...messagesApi,
  body: { model: 'claude-haiku-4.5', max_tokens: maxTokens, messages },
});

/** All APIs that ask a model. */
export const doors = [native, chatCompletions, responses, llamaMessages, claudeMessages] as const;
