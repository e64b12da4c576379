import type { Capability } from '@org/models';
import type { ModelCall, ModelReply } from '../../call/call.ts';

/** How one model family spells a question and its answer for InvokeModel. */
export interface BodyFormat {
  readonly capabilities: readonly Capability[];
  /** Output tokens when the caller names no number. */
  readonly defaultMaxTokens: number;
  request(call: ModelCall): object;
  /** `undefined` where `body` is not this family's answer. */
  reply(body: unknown): ModelReply | undefined;
  /** A piece of a streamed answer; `undefined` where `body` is none of this family's. */
  chunk(body: unknown): Chunk | undefined;
}

/** A piece of text with what is known by then: why the model stopped with the last piece, tokens so far with any. */
export interface Chunk {
  readonly text: string;
  readonly stopReason?: string | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}
