import type { ErrorEnvelope } from './errors.ts';
import type { LimitKind, LimitPeriod, LimitScope } from './limits.ts';

/** One earlier turn of a conversation. */
export interface Turn {
  /** Who said it: `assistant` is the model. */
  role: 'user' | 'assistant';
  /** What was said; at least one character that is not white space. */
  text: string;
}

/** The body of `POST /bedrock` and of `POST /bedrock/stream`. */
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
  /** At most four strings that end the answer where the model writes one of them. */
  stop?: string[] | undefined;
  /**
   * A JSON Schema of an object that the answer must fit; it is then in `output`. At its root it has `type: 'object'`, or a
   * `$ref` or an `allOf` that leads to objects; a choice (`anyOf`, `oneOf`) can be in a property alone. Only references
   * within it (`#/$defs/...`) are followed. Refused, before anything is charged, where no answer can fit, as far as that
   * can be seen.
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
  /** An estimate from the proxy's price table, in USD; left out where that has no price. */
  costUsd?: number | undefined;
}

/** The first event of a stream: the model has begun to answer. */
export interface StreamStart {
  /** Name of the event. */
  type: 'start';
  /** The request id. */
  id: string;
  /** The alias that was asked. */
  model: string;
  /** The Bedrock model or inference profile that answers. */
  modelId: string;
}

/** The next piece of the answer's text. */
export interface StreamDelta {
  /** Name of the event. */
  type: 'delta';
  /** To be appended to what came before; with an `outputSchema`, a piece of its JSON. */
  text: string;
}

/** The last event of a stream: the answer is whole. */
export interface StreamDone extends Pick<Answer, 'stopReason' | 'output' | 'usage' | 'limits'> {
  /** Name of the event. */
  type: 'done';
}

/**
 * What `POST /bedrock/stream` answers with, as server-sent events whose names are their types: `start`, any number of
 * `delta`, then exactly one of `done` and `error`. A stream that ends without one of these two has failed. Comments
 * (lines that start with a colon) keep the connection alive.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export type StreamEvent = StreamStart | StreamDelta | StreamDone | ErrorEnvelope;

/** One limit, and how much of it is left. */
export interface LimitStatus {
  /**
   * What is counted: `requests`, `tokens` (input, output and cache tokens together) or `usd` (an estimate of their
   * price). A newer proxy may add kinds.
   */
  limit: LimitKind | (string & {});
  /** Over which time it is counted: a calendar `day` or `month`, UTC. A newer proxy may add periods. */
  period: LimitPeriod | (string & {});
  /** Whose use is counted: the `team`'s, over all its keys, or this `key`'s. A newer proxy may add scopes. */
  scope: LimitScope | (string & {});
  /** The limit, in units of `limit`. 0: nothing is let through. */
  max: number;
  /** What calls cost, and what calls in flight may still cost. */
  used: number;
  /** What is left, never below 0. */
  remaining: number;
  /** When the period ends, and the limit is whole again: ISO 8601, UTC. */
  resetsAt: string;
}

/** The answer of `GET /usage`. */
export interface UsageReport {
  /** Every limit of this key and of its team; empty where there is none. */
  limits: LimitStatus[];
}

/** Fields of a request that not every model takes, `topP` beside `temperature`, and being asked for a stream. */
export type AskCapability =
  | Exclude<keyof AskRequest, 'model' | 'question' | 'maxTokens'>
  | 'temperatureWithTopP'
  | 'stream';

/** A model that a key may ask. */
export interface ModelSummary {
  /** What `model` of a request is to be. */
  alias: string;
  /** The Bedrock model or inference profile behind the alias. */
  modelId: string;
  /**
   * Request fields that it takes beside `model`, `question` and `maxTokens`: of `system`, `history`, `stop`,
   * `temperature`, `topP` and `outputSchema`; `temperatureWithTopP`, if both in one request; and `stream`, if it can be
   * streamed. A newer proxy may add some.
   */
  capabilities: (AskCapability | (string & {}))[];
  /** Tokens of question, history and answer together. */
  contextTokens?: number | undefined;
  /** The most that `maxTokens` can be: the model's limit, or the plan's where that is lower. */
  maxOutputTokens: number;
  /** Whether Bedrock still offers it. */
  lifecycle: {
    /** A newer proxy may add states. */
    status: 'active' | 'legacy' | 'end-of-life' | (string & {});
    /** Of a legacy model: the day that it ends, ISO 8601. */
    endOfLife?: string | undefined;
  };
  /** USD per million tokens: an estimate. Left out where it is not known. */
  price?:
    | {
        /** Of the question. */
        input: number;
        /** Of the answer. */
        output: number;
      }
    | undefined;
}

/** The answer of `GET /models`. */
export interface ModelList {
  /** Every model that this key may ask, in the order of the plan. */
  models: ModelSummary[];
}
