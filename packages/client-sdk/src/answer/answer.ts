import { type Limit, readLimit } from './limit.ts';
import { anything, count, list, number, object, optional, text } from './shape.ts';

// Written out, like the model aliases, for a published type can name neither the contract nor zod; a test keeps it equal
// to the contract's, but for the dates of `limits`, which JSON has as text.
/** The answer to `client.ask`. */
export interface Answer {
  /** The request id. */
  id: string;
  /** The alias that was asked. */
  model: string;
  /** The Bedrock model or inference profile that answered. */
  modelId: string;
  /** As the model wrote it; with a `schema` or an `outputSchema`, the JSON of `output`. */
  text: string;
  /** Only with an `outputSchema`: the answer, which the proxy checked against it. */
  output?: unknown;
  /**
   * Why the model stopped: `end_turn`, `max_tokens` (the text is cut off: raise `maxTokens`), `stop_sequence`,
   * `guardrail_intervened`, `content_filtered`, ... A newer proxy may add values.
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

/** The answer to a call with a `schema`. */
export interface StructuredAnswer<Output> extends Answer {
  /** The answer, as the schema's own check returned it. */
  output: Output;
}

/** What Bedrock counted for one call. */
export interface Usage {
  /** Tokens of the question, the instructions and the history. */
  inputTokens: number;
  /** Tokens of the answer. */
  outputTokens: number;
  /** All of them, those of a prompt cache included. */
  totalTokens: number;
  /** Input tokens that came from a prompt cache; not part of `inputTokens`. */
  cacheReadTokens?: number | undefined;
  /** Input tokens that went into a prompt cache; not part of `inputTokens`. */
  cacheWriteTokens?: number | undefined;
  /** An estimate from the proxy's price table, in USD; left out where that has no price. */
  costUsd?: number | undefined;
}

/** What the last event of a stream says too. */
export const ending = {
  stopReason: text,
  output: optional(anything),
  usage: object<Usage>({
    inputTokens: count,
    outputTokens: count,
    totalTokens: count,
    cacheReadTokens: optional(count),
    cacheWriteTokens: optional(count),
    costUsd: optional(number),
  }),
  limits: list(readLimit),
};

/** What the proxy says of an answer. */
export const readAnswer = object<Omit<Answer, 'requestId' | 'attempts'>>({
  id: text,
  model: text,
  modelId: text,
  text,
  ...ending,
});
