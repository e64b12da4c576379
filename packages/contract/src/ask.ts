import * as z from 'zod/mini';
import type { Fields } from './fields.ts';
import { LimitStatus } from './limits.ts';

/** One earlier turn of a conversation. */
export interface Turn {
  /** Who said it. */
  role: 'user' | 'assistant';
  /** What was said; at least one character that is no white space. */
  text: string;
}

/** The body of `POST /bedrock`. */
export interface AskRequest {
  /** A model alias that this deployment offers, such as `nova-lite`. */
  model: string;
  /** Reaches the model exactly as written. */
  question: string;
  /** Instructions that the model follows over the whole conversation. */
  system?: string | undefined;
  /** Earlier turns, oldest first: user and assistant in turn, starting with user, ending with assistant. */
  history?: Turn[] | undefined;
  /** The most tokens the answer may have. Default: 1,024, or less where the model or the plan allows less. */
  maxTokens?: number | undefined;
  /** 0 (always the likeliest token) to 1. Default: the model's own. */
  temperature?: number | undefined;
  /** 0 to 1: the share of probability that tokens are drawn from. Default: the model's own. */
  topP?: number | undefined;
  /** At most four texts that end the answer where the model writes one of them. */
  stop?: string[] | undefined;
  /**
   * A JSON Schema of `type: 'object'` that the answer must fit; it is then in `output`. Only references within it
   * (`#/$defs/...`) are followed.
   */
  outputSchema?: Record<string, unknown> | undefined;
}

/** The answer to an ask. */
export interface Answer {
  /** The request id. */
  id: string;
  /** The alias that was asked. */
  model: string;
  /** The Bedrock model or inference profile that answered. */
  modelId: string;
  /** As the model wrote it; with an `outputSchema`, the JSON of `output`. */
  text: string;
  /** With an `outputSchema`: the answer, which was checked against it. */
  output?: unknown;
  /**
   * Why the model stopped: `end_turn`, `max_tokens`, `stop_sequence`, `guardrail_intervened`, `content_filtered`, ...
   * A newer server may add values.
   */
  stopReason: string;
  /** What it took. */
  usage: Usage;
  /** Every limit that this call counted against, as it stands after the call. */
  limits: LimitStatus[];
}

/** What Bedrock counted for one call. */
export interface Usage {
  /** Tokens of the question, with all that was sent beside it. */
  inputTokens: number;
  /** Tokens of the answer. */
  outputTokens: number;
  /** All tokens together, those of a prompt cache included. */
  totalTokens: number;
  /** Input tokens that came from a prompt cache; not part of `inputTokens`. */
  cacheReadTokens?: number | undefined;
  /** Input tokens that went into a prompt cache; not part of `inputTokens`. */
  cacheWriteTokens?: number | undefined;
  /** An estimate from the price table, in USD. Left out where the table has no price. */
  costUsd?: number | undefined;
}

// Bedrock refuses texts of white space alone, so they are refused here, where the field can be named.
const text = z.string().check(z.regex(/\S/, 'must not be empty'));
const fraction = z.number().check(z.minimum(0, 'must be at least 0'), z.maximum(1, 'must be at most 1'));

const turn = z.strictObject({ role: z.enum(['user', 'assistant']), text } satisfies Fields<Turn>);

const history = z.array(turn).check(
  z.refine(
    (turns) => turns.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant')),
    'must be user and assistant turns in turn, starting with user',
  ),
  z.refine(
    (turns) => turns.at(-1)?.role !== 'user',
    'must end with an assistant turn: the question is the next user turn',
  ),
);

const outputSchema = z
  .record(z.string(), z.unknown())
  .check(z.refine((schema) => schema['type'] === 'object', "must be a JSON Schema with type 'object'"));

/** Strict: an unknown field is an error that names it. */
export const AskRequest = z.strictObject({
  model: text,
  question: text,
  system: z.optional(text),
  history: z.optional(history),
  maxTokens: z.optional(z.int().check(z.minimum(1, 'must be at least 1'))),
  temperature: z.optional(fraction),
  topP: z.optional(fraction),
  stop: z.optional(
    z
      .array(z.string().check(z.minLength(1, 'must not be empty')))
      .check(z.maxLength(4, 'must have at most 4 texts')),
  ),
  outputSchema: z.optional(outputSchema),
} satisfies Fields<AskRequest>);

const tokens = z.int().check(z.minimum(0));

export const Usage = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  totalTokens: tokens,
  cacheReadTokens: z.optional(tokens),
  cacheWriteTokens: z.optional(tokens),
  costUsd: z.optional(z.number()),
} satisfies Fields<Usage>);

/** Tolerant: fields that a newer server adds are dropped, not refused. */
export const Answer = z.object({
  id: z.string(),
  model: z.string(),
  modelId: z.string(),
  text: z.string(),
  output: z.optional(z.unknown()),
  stopReason: z.string(),
  usage: Usage,
  limits: z.array(LimitStatus),
} satisfies Fields<Answer>);
