import { catalogue } from '@org/models';
import type { ReplyEvent, TokenUsage } from '../call/reply.ts';
import { type Config, callerOf } from '../config.ts';
import type { JsonObject } from '../json.ts';
import { exchange } from './exchange.ts';
import { answering, config, type RequestOptions, requestOf } from './request.ts';

const aliases = ['claude-sonnet-4.6', 'nova-2-lite', 'llama'] as const;

const price = { input: 1, output: 2, cacheRead: 1, cacheWrite: 1, cacheWrite1h: 2 };

/** Claude, and models of other makers. */
export const models: Config = {
  ...config,
  models: new Map(
    aliases.map((alias) => [
      alias,
      { alias, definition: catalogue[alias], modelId: `id-of-${alias}`, price },
    ]),
  ),
};

const caller = callerOf({ keyId: 'key1', team: 'acme', plan: 'small' }, { models: [...aliases] });

/** The function's answer to a request of Anthropic's API, and all other effects. */
export async function askMessages(body: JsonObject, options: RequestOptions = {}) {
  const route = ['POST', '/v1/messages'] as const;
  const { handlerOptions, event, ...seen } = requestOf(body, { route, config: models, caller, ...options });
  return { ...(await exchange(event, handlerOptions)), ...seen };
}

/** The events of a stream. */
export function eventsOf(stream: string) {
  return stream
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/s.exec(block) ?? [];
      return { name, data: JSON.parse(data) };
    });
}

export const took: TokenUsage = {
  ...{ inputTokens: 3, outputTokens: 2, totalTokens: 15 },
  ...{ cacheReadTokens: 4, cacheWriteTokens: 5, cacheWrite1hTokens: 1 },
};

/** Claude's answer, event by event. */
export function claudeSaying(events: readonly JsonObject[], stopReason = 'end_turn') {
  return answering([
    ...events.map((event): ReplyEvent => ({ type: 'message', event })),
    { type: 'stopped', stopReason },
    { type: 'usage', usage: took },
  ]);
}
