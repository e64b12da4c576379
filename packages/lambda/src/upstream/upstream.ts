import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { Usage } from '@org/contract';
import type { ModelDefinition } from '@org/models';
import type { ModelCall, ModelReply, OnDelta } from '../call/call.ts';
import type { Deadline } from '../call/deadline.ts';
import { converse } from './converse/converse.ts';
import { converseStream } from './converse/stream.ts';
import { bedrockError, interruptedStream, malformedReply } from './failure.ts';
import { bodyFormats, invoke } from './invoke/invoke.ts';
import { invokeStream } from './invoke/stream.ts';
import { StreamWatch } from './watch.ts';

/** Bedrock. Fails with a `ProxyError` and nothing else. */
export interface Upstream {
  /** Asks for the whole answer. */
  ask(model: ModelDefinition, call: ModelCall, deadline: Deadline): Promise<ModelReply>;
  /** Asks for the answer in pieces, and for the whole in the end. */
  stream(model: ModelDefinition, call: ModelCall, deadline: Deadline, onDelta: OnDelta): Promise<ModelReply>;
}

export interface UpstreamOptions {
  readonly client: BedrockRuntimeClient;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

/** How long a stream may be silent, before its first event and between two. */
const silentMs = 60_000;

/** A throttle of Bedrock's passes in well under a second or not soon. */
const throttleWaitMs = { least: 200, most: 600 };

/**
 * @returns An upstream that answers a throttle of Bedrock's with one more try, if the deadline allows it: that try
 *   costs the team no request of its own. Every other failure is the caller's to retry.
 */
export function createUpstream({ client, sleep, random }: UpstreamOptions): Upstream {
  const withOneRetry = async <Reply>(
    { remaining }: Deadline,
    signal: AbortSignal,
    attempt: () => Promise<Reply>,
  ): Promise<Reply> => {
    try {
      return await attempt();
    } catch (thrown) {
      const error = bedrockError(thrown, signal);
      const wait = throttleWaitMs.least + random() * (throttleWaitMs.most - throttleWaitMs.least);
      const throttled = error.statement.code === 'model_throttled' && error.unbilled;
      if (!throttled || remaining() < 2 * wait) throw error;
      await sleep(wait);
      return await attempt().catch((again: unknown) => {
        throw bedrockError(again, signal);
      });
    }
  };

  return {
    ask: (model, call, deadline) =>
      withOneRetry(deadline, deadline.signal, async () =>
        checked(
          model.upstream === 'converse'
            ? await converse(client, call, deadline.signal)
            : await invoke(client, bodyFormats[model.format], call, deadline.signal),
        ),
      ),

    async stream(model, call, deadline, onDelta) {
      const watch = new StreamWatch(deadline.signal, silentMs);
      const read = await withOneRetry(deadline, watch.signal, () =>
        watch.next(
          model.upstream === 'converse'
            ? converseStream(client, call, watch)
            : invokeStream(client, bodyFormats[model.format], call, watch),
        ),
      );
      let counted: Usage | undefined;
      const onUsage = (usage: Usage) => {
        counted = usage;
      };
      return await read(onDelta, onUsage)
        .then(checked)
        .catch((thrown: unknown) => {
          throw interruptedStream(thrown, watch.signal, Usage.safeParse(counted).data);
        });
    },
  };
}

/** The SDK passes on whatever JSON says, and what is said here is charged. */
function checked(reply: ModelReply): ModelReply {
  if (!Usage.safeParse(reply.usage).success || typeof reply.stopReason !== 'string') throw malformedReply();
  return reply;
}
