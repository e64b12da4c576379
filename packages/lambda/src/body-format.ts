import type { Capability } from '@org/contract';
import type { ModelCall, ModelReply } from './model-call.ts';

/** How one model family spells a question and its answer for InvokeModel. */
export interface BodyFormat {
  readonly capabilities: readonly Capability[];
  /** Output tokens when the caller names no number. */
  readonly defaultMaxTokens: number;
  request(call: ModelCall): object;
  /** `undefined` where `body` is not this family's answer. */
  reply(body: unknown): ModelReply | undefined;
}
