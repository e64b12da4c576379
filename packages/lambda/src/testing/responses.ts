import { catalogue } from '@org/models';
import type { ReplyEvent } from '../call/reply.ts';
import { callerOf } from '../config.ts';
import type { Json, JsonObject } from '../json.ts';
import { exchange } from './exchange.ts';
import { answering, type RequestOptions, requestOf, config as testConfig } from './request.ts';

/** A config with a Claude that thinks, for the Responses API. */
const definition = catalogue['claude-sonnet-4.6'];
const models = new Map([
  ['claude', { alias: 'claude', definition, modelId: definition.modelId, price: { input: 1, output: 2 } }],
]);

const caller = callerOf(
  { keyId: 'key1', team: 'acme', plan: 'small' },
  { models: ['claude'], maxTokens: 64_000 },
);

/** Asks for a response, of which the model says this. */
export async function respond(body: JsonObject, said: readonly ReplyEvent[] | RequestOptions['upstream']) {
  const upstream = said && 'call' in said ? said : answering(said ?? []);
  const seen = requestOf(
    { model: 'claude', input: 'Hi', ...body },
    {
      route: ['POST', '/v1/responses'],
      config: { ...testConfig, models },
      caller,
      upstream,
    },
  );
  const { head, body: text } = await exchange(seen.event, seen.handlerOptions);
  return { ...seen, status: head.statusCode, text };
}

/** An event of a stream, as far as tests look at it. */
export interface SentEvent {
  readonly [name: string]: Json;
  readonly type: string;
  readonly sequence_number: number;
}

/** The events of a stream. Throws if a name differs from its type, or a number is not the next. */
export function eventsOf(text: string): SentEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => !block.startsWith(':'))
    .map((block, index) => {
      const [, name, data = ''] = /^event: ([\w.]+)\ndata: ([^\r\n]*)$/.exec(block) ?? [];
      const event: SentEvent = JSON.parse(data);
      if (event.type !== name) throw new Error(`${event.type} is called ${name}.`);
      if (event.sequence_number !== index)
        throw new Error(`${name} has the number ${event.sequence_number}.`);
      return event;
    });
}
