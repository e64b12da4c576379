import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { ModelDefinition } from '@org/contract';
import { bedrockError } from './bedrock-error.ts';
import { converse } from './converse.ts';
import type { Deadline } from './deadline.ts';
import { bodyFormats, invoke } from './invoke.ts';
import type { ModelCall, ModelReply } from './model-call.ts';

/** Asks Bedrock. Fails with a `ProxyError` and nothing else. */
export type Upstream = (model: ModelDefinition, call: ModelCall, deadline: Deadline) => Promise<ModelReply>;

export interface UpstreamOptions {
  readonly client: BedrockRuntimeClient;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

/** A throttle of Bedrock's passes in well under a second or not soon. */
const throttleWaitMs = { least: 200, most: 600 };

/**
 * @returns An upstream that answers a throttle of Bedrock's with one more try, if the deadline allows it: that try
 *   costs the team no request of its own. Every other failure is the caller's to retry.
 */
export function createUpstream({ client, sleep, random }: UpstreamOptions): Upstream {
  const attempt: Upstream = async (model, call, deadline) => {
    try {
      return model.upstream === 'converse'
        ? await converse(client, call, deadline.signal)
        : await invoke(client, bodyFormats[model.format], call, deadline.signal);
    } catch (thrown) {
      throw bedrockError(thrown, deadline.signal);
    }
  };

  return async (model, call, deadline) => {
    try {
      return await attempt(model, call, deadline);
    } catch (thrown) {
      const error = bedrockError(thrown, deadline.signal);
      const wait = throttleWaitMs.least + random() * (throttleWaitMs.most - throttleWaitMs.least);
      if (error.statement.code !== 'model_throttled' || deadline.remaining() < 2 * wait) throw error;
      await sleep(wait);
      return await attempt(model, call, deadline);
    }
  };
}
