import { text } from 'node:stream/consumers';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { ModelDefinition } from '@org/models';
import type { ModelCall } from '../call/call.ts';
import type { ReplyEvent, TokenUsage } from '../call/reply.ts';
import type { Manner, Target, Upstream } from '../call/upstream.ts';
import { ProxyError } from '../proxy-error.ts';
import { CallTimeout } from './call-timeout.ts';
import { converse } from './converse/converse.ts';
import { countRequest, readCount } from './count-tokens.ts';
import { EventStreamReader } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import { bedrockError, interruptedCall, malformedReply } from './failure.ts';
import { embed } from './invoke/embeddings.ts';
import { invokeMessages } from './invoke/messages.ts';
import { invokeText } from './invoke/text.ts';
import { callBedrock, type OpenAnswer } from './operation.ts';
import { repliesTogether } from './replies-together.ts';

export interface UpstreamOptions {
  readonly client: BedrockRuntimeClient;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

/** How long a stream may be silent, before its first event and between two. */
const silentMs = 60_000;

/** How long Bedrock may take to count: a call that waits for longer is better refused while there is time to answer. */
const countMs = 3000;

/** A throttle of Bedrock's passes in well under a second or not soon. */
const throttleWaitMs = { least: 200, most: 600 };

/**
 * @returns An upstream that answers a throttle of Bedrock's with one more try, if the deadline allows it: that try
 *   costs the team no request of its own. Every other failure is the caller's to retry.
 */
export function createUpstream({ client, sleep, random }: UpstreamOptions): Upstream {
  /** Opens an answer. From then on the model may have run, and nothing is tried again. */
  async function* open(
    exchange: Exchange,
    { modelId }: Target,
    { whole, deadline }: Manner,
    timeout: CallTimeout,
  ): AsyncGenerator<ReplyEvent, OpenAnswer> {
    const operation = exchange.operations[whole ? 'whole' : 'stream'];
    const request = {
      modelId,
      headers: { 'content-type': 'application/json', ...exchange.headers },
      body: Buffer.from(JSON.stringify(exchange.body)),
    };
    const attempt = () => timeout.next(callBedrock(client, operation, request, timeout.signal));
    try {
      return await attempt();
    } catch (thrown) {
      const error = bedrockError(thrown, timeout.signal, exchange.quotesRefusals);
      const wait = throttleWaitMs.least + random() * (throttleWaitMs.most - throttleWaitMs.least);
      const passes = error.statement.code === 'model_throttled' && error.unbilled && error.retryable;
      if (!passes || deadline.remaining() < 2 * wait) throw error;
      yield { type: 'throttled', retryInMs: wait };
      await sleep(wait);
      return await attempt();
    }
  }

  /** Makes one request, and reads what comes of it. */
  async function* reply(
    exchange: Exchange,
    target: Target,
    manner: Manner,
  ): AsyncGenerator<ReplyEvent, void> {
    const timeout = new CallTimeout(manner.deadline.signal, manner.whole ? undefined : silentMs);
    let usage: TokenUsage | undefined;
    let [opened, begun, stopped] = [false, false, false];
    try {
      if (timeout.signal.aborted) throw neverSent();
      const answer = yield* open(exchange, target, manner, timeout);
      opened = true;
      const read = manner.whole ? readWhole : readStream;
      for await (const events of read(exchange, answer, timeout)) {
        for (const event of events) {
          begun = true;
          if (event.type === 'usage') usage = event.usage;
          else stopped ||= event.type === 'stopped';
          yield event;
        }
      }
      if (!stopped || usage === undefined) throw malformedReply();
    } catch (thrown) {
      if (!opened) throw bedrockError(thrown, timeout.signal, exchange.quotesRefusals);
      throw interruptedCall(thrown, timeout.signal, { begun, usage });
    }
  }

  return {
    call(model, call, target, manner) {
      const replies = exchangesOf(model, call, target).map((exchange) => reply(exchange, target, manner));
      const [first, ...more] = replies;
      return first && more.length === 0 ? first : repliesTogether(replies, manner.deadline.signal);
    },

    async count(model, call, deadline) {
      const timeout = new CallTimeout(deadline.signal, countMs);
      try {
        const { body } = await timeout.next(
          callBedrock(client, 'count-tokens', countRequest(model, call), timeout.signal),
        );
        return readCount(JSON.parse(await timeout.next(text(body))));
      } catch (thrown) {
        throw bedrockError(thrown, timeout.signal, call.kind === 'messages');
      }
    },
  };
}

/** The requests that a call takes, mostly one. What a model cannot be asked is refused before. */
function exchangesOf(model: ModelDefinition, call: ModelCall, target: Target): readonly Exchange[] {
  if (call.kind === 'chat' && model.upstream === 'converse') return [converse(call, target)];
  if (call.kind === 'chat' && model.upstream === 'invoke') return [invokeText(model.format, call, target)];
  if (call.kind === 'messages') return [invokeMessages(call, target)];
  if (call.kind === 'embed' && model.upstream === 'embed') return embed(model.format, call, target);
  throw new TypeError(`A model of ${model.upstream} cannot be asked for ${call.kind}`);
}

/** What a call fails with whose time was up before it began. */
function neverSent(): ProxyError {
  return new ProxyError({ code: 'model_timeout' }, { unbilled: true });
}

type Replied = AsyncGenerator<readonly ReplyEvent[], void>;

async function* readWhole(exchange: Exchange, { body, header }: OpenAnswer, timeout: CallTimeout): Replied {
  yield exchange.whole(JSON.parse(await timeout.next(text(body))), header);
}

async function* readStream(exchange: Exchange, { body }: OpenAnswer, timeout: CallTimeout): Replied {
  // Loading it takes two milliseconds, which a cold start that streams nothing is spared.
  const { crc32 } = await import('node:zlib');
  const reader = new EventStreamReader(crc32);
  for await (const piece of timeout.pieces(body)) {
    for (const event of reader.read(piece)) yield exchange.event(event.type, event.body);
  }
  reader.end();
}
