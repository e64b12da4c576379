import type { Limit } from './limit.ts';

/**
 * The answer to `client.ask`.
 *
 * Written out, like the model aliases, for a published type can name neither the contract nor zod; a test
 * keeps it equal to the contract's, but for the dates of `limits`, which JSON has as text.
 */
export interface Answer {
  /** The request id. */
  id: string;
  /** The alias that was asked. */
  model: string;
  /** The Bedrock model or inference profile that answered. */
  modelId: string;
  /** What the model wrote. */
  text: string;
  /**
   * Why the model stopped: `end_turn`, `max_tokens` (the text is cut off: raise `maxTokens`), `stop_sequence`, ...
   * A newer proxy may add values.
   */
  stopReason: string;
  /** What Bedrock counted for the attempt that was answered. */
  usage: Usage;
  /** Every limit that this call counted against, as it stands after the call; empty where there is none. */
  limits: Limit[];
  /** The same as `id`, by the name that errors have it. */
  requestId: string;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** What Bedrock counted for one call. */
export interface Usage {
  /** Tokens of the question, the instructions and the history. */
  inputTokens: number;
  /** Tokens of the answer. */
  outputTokens: number;
  totalTokens: number;
  /** Input tokens that came from a prompt cache; not part of `inputTokens`. */
  cacheReadTokens?: number | undefined;
  /** Input tokens that went into a prompt cache; not part of `inputTokens`. */
  cacheWriteTokens?: number | undefined;
  /** An estimate from the proxy's price table, in USD; left out where that has no price. */
  costUsd?: number | undefined;
}
