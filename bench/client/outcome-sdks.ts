/** The SDKs of the part "outcomes": each is called in the same way, with the same time limits. */

import Anthropic from '@anthropic-ai/sdk';
import { createBedrockClient } from '@org/bedrock-client';
import OpenAI from 'openai';
import { apiKey, model, question } from './client.ts';

/** Time limits of one call. Each SDK gets those that it supports. */
export interface CallOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly idleTimeoutMs: number;
}

/** An SDK as shipped, its own retries included. */
export interface Sdk {
  readonly title: string;
  /** Of its API, without the variant that streams. */
  readonly path: '/dev/bedrock' | '/v1/chat/completions' | '/v1/messages';
  connect(url: string): Connected;
}

export interface Connected {
  /** The object that a program might log. */
  readonly client: object;
  /** Resolves to the SDK's own result. */
  ask(options: CallOptions): Promise<unknown>;
  /** Yields text. */
  stream(options: CallOptions): AsyncIterable<string>;
}

const messages = [{ role: 'user' as const, content: question }];

const openai: Sdk = {
  title: 'openai',
  path: '/v1/chat/completions',
  connect(url) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey });
    return {
      client,
      ask: ({ signal, timeoutMs }) =>
        client.chat.completions.create({ model, messages }, { signal, timeout: timeoutMs }),
      async *stream({ signal, timeoutMs }) {
        const asked = { model, messages, stream: true as const };
        const chunks = await client.chat.completions.create(asked, { signal, timeout: timeoutMs });
        for await (const { choices } of chunks) yield choices[0]?.delta.content ?? '';
      },
    };
  },
};

const anthropic: Sdk = {
  title: '@anthropic-ai/sdk',
  path: '/v1/messages',
  connect(url) {
    const client = new Anthropic({ baseURL: url, apiKey });
    const asked = { model, max_tokens: 1024, messages };
    return {
      client,
      ask: ({ signal, timeoutMs }) => client.messages.create(asked, { signal, timeout: timeoutMs }),
      async *stream({ signal, timeoutMs }) {
        const events = await client.messages.create(
          { ...asked, stream: true },
          { signal, timeout: timeoutMs },
        );
        for await (const event of events) {
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
            yield event.delta.text;
        }
      },
    };
  },
};

const ours: Sdk = {
  title: '@org/bedrock-client',
  path: '/dev/bedrock',
  connect(url) {
    const client = createBedrockClient({ baseUrl: `${url}/dev`, apiKey });
    return {
      client,
      ask: ({ signal, timeoutMs, deadlineMs }) =>
        client.ask(model, question, { signal, timeoutMs, deadlineMs }),
      stream: (options) => client.stream(model, question, options).textStream(),
    };
  },
};

export const sdks: readonly Sdk[] = [openai, anthropic, ours];
