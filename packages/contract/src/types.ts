import type {
  AnswerBlock,
  CachePointBlock,
  CacheTtl,
  Message,
  ReasoningBlock,
  ReasoningEffort,
  RedactedReasoningBlock,
  TextBlock,
  Tool,
  ToolChoice,
  ToolUseBlock,
} from './blocks.ts';
import type { ErrorEnvelope } from './errors.ts';
import type { LimitKind, LimitPeriod, LimitScope } from './limits.ts';

/** One earlier turn of a conversation. */
export interface Turn {
  /** Who said it: `assistant` is the model. */
  role: 'user' | 'assistant';
  /** What was said. A user's text needs at least one character that is not white space; an assistant's may be empty. */
  text: string;
}

/** The body of `POST /bedrock` and of `POST /bedrock/stream`. */
export interface AskRequest {
  /** A model alias that this deployment offers, such as `nova-lite`. */
  model: string;
  /** The last user turn, as text. It reaches the model unchanged. Required if `messages` do not end with a user turn. */
  question?: string | undefined;
  /** Instructions for the whole conversation: a string, or text blocks with cache points. */
  system?: string | (TextBlock | CachePointBlock)[] | undefined;
  /**
   * Earlier turns as text, oldest first. They alternate, starting with user and ending with assistant; `question` is the
   * next turn. Cannot be combined with `messages`, which take more than text.
   */
  history?: Turn[] | undefined;
  /**
   * The conversation, oldest turn first. Turns alternate, starting with user. The last one is the user turn to answer, or,
   * if there is a `question`, the assistant turn before it.
   */
  messages?: Message[] | undefined;
  /** Tools that the model may call. The caller runs them, and sends the results in the next request. */
  tools?: (Tool | CachePointBlock)[] | undefined;
  /** Whether the model must call a tool. Default: `auto`. Needs `tools`. */
  toolChoice?: ToolChoice | undefined;
  /** How hard the model thinks before it answers. Thoughts count as output. Default: the model's own. */
  reasoning?: ReasoningEffort | undefined;
  /**
   * Lets the model keep this prompt for that time, and read it from the cache in the next request that begins the same.
   * It puts a cache point after the tools, the `system` and the last message, wherever the model takes one. Cannot be
   * combined with your own cache points.
   */
  cache?: CacheTtl | undefined;
  /**
   * How the model serves this call: sooner, at a higher price (`priority`), or when there is room, at a lower one
   * (`flex`). Default: the standard tier.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
   */
  serviceTier?: 'priority' | 'flex' | undefined;
  /**
   * The most tokens that the answer may have, thoughts included. Default: 1,024, or 8,192 if the model thinks; less if the
   * model or the plan allows less. `fit`: as many as the limits have room for, up to the most that the model and the plan allow;
   * the answer's `maxTokens` says how many.
   */
  maxTokens?: number | 'fit' | undefined;
  /** 0 (always the likeliest token) to 1. Default: the model's own. */
  temperature?: number | undefined;
  /** 0 to 1: the share of probability that tokens are drawn from. Default: the model's own. */
  topP?: number | undefined;
  /** At most four strings. The answer ends when the model writes one of them. */
  stop?: string[] | undefined;
  /**
   * A JSON Schema of an object that the answer must fit; the answer is then in `output`. Its root has `type: 'object'`, or a
   * `$ref` or an `allOf` that leads to objects; a choice (`anyOf`, `oneOf`) must be in a property. Only references within
   * the schema (`#/$defs/...`) work. If the proxy can see that no answer fits, it refuses the schema before anything is
   * charged.
   */
  outputSchema?: Record<string, unknown> | undefined;
  /**
   * Your customer or user that the call is for: an id of 1 to 128 characters, by which the operator sees usage. A
   * value that does not look like an id, such as a mail address, is recorded only as a hash.
   */
  customer?: string | undefined;
}

/** The answer to an ask. */
export interface Answer {
  /** The request id. */
  id: string;
  /** The alias that was asked. */
  model: string;
  /** The Bedrock model or inference profile that answered. */
  modelId: string;
  /** All text that the model wrote; with an `outputSchema`, the JSON of `output`. Empty if it only called tools. */
  text: string;
  /**
   * All that the model wrote, in order: text, tool calls, thoughts. To continue the conversation, send it back as the
   * `content` of an assistant turn. Empty if the model wrote nothing.
   */
  content: AnswerBlock[];
  /** Only with an `outputSchema`: the answer, which the proxy checked against it. */
  output?: unknown;
  /**
   * Why the model stopped: `end_turn`, `tool_use` (it waits for the results of the tool calls in `content`),
   * `max_tokens` (the answer was cut off: raise `maxTokens`), `stop_sequence`, `guardrail_intervened`, `content_filtered`,
   * ... A newer proxy may add values.
   */
  stopReason: string;
  /** Only if the request has `maxTokens: 'fit'`: the most tokens that the answer could have. */
  maxTokens?: number | undefined;
  /** What Bedrock counted for the attempt that succeeded. */
  usage: Usage;
  /** Every limit that this call counted against, as it stands after the call. Empty if there is none. */
  limits: LimitStatus[];
  /** Those of the `limits` that are nearly used up, from a share that the operator chose. Left out if there is none. */
  warnings?: LimitWarning[] | undefined;
}

/** What Bedrock counted for one call. */
export interface Usage {
  /** Tokens of the whole request. */
  inputTokens: number;
  /** Tokens of the answer. */
  outputTokens: number;
  /** All tokens together, including those of a prompt cache. */
  totalTokens: number;
  /** Input tokens that came from a prompt cache; not part of `inputTokens`. */
  cacheReadTokens?: number | undefined;
  /** Input tokens that went into a prompt cache for 5 minutes; not part of `inputTokens`. */
  cacheWriteTokens?: number | undefined;
  /** Input tokens that went into a prompt cache for an hour; not part of `inputTokens`. */
  cacheWrite1hTokens?: number | undefined;
  /** An estimate from the proxy's price table, in USD. Left out if the table has no price. */
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
  /** Append it to the earlier pieces. With an `outputSchema`, a piece of the JSON. */
  text: string;
}

/** The model begins a block that is not text. */
export interface StreamBlockStart {
  /** Name of the event. */
  type: 'block_start';
  /** The part of the block that is known before its first piece. */
  block:
    | Pick<ToolUseBlock, 'type' | 'id' | 'name'>
    | Pick<ReasoningBlock, 'type'>
    | Pick<RedactedReasoningBlock, 'type'>;
}

/** The next piece of the block. */
export interface StreamBlockDelta {
  /** Name of the event. */
  type: 'block_delta';
  /** Append it to the earlier pieces. For a tool's input, a piece of the JSON. */
  delta: { type: 'input'; json: string } | { type: 'reasoning'; text: string };
}

/** The block is complete. */
export interface StreamBlockEnd {
  /** Name of the event. */
  type: 'block_end';
}

/** The last event of a stream: the answer is complete. */
export interface StreamDone
  extends Pick<Answer, 'content' | 'stopReason' | 'maxTokens' | 'output' | 'usage' | 'limits' | 'warnings'> {
  /** Name of the event. */
  type: 'done';
}

/**
 * What `POST /bedrock/stream` answers with, as server-sent events whose names are their types: `start`; any number of
 * `delta` for text, and for every other block a `block_start`, any number of `block_delta` and a `block_end`; then exactly
 * one of `done`, which has the whole `content`, and `error`. A stream that ends without one of these two has failed. Comments
 * (lines that start with a colon) keep the connection alive.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export type StreamEvent =
  | StreamStart
  | StreamDelta
  | StreamBlockStart
  | StreamBlockDelta
  | StreamBlockEnd
  | StreamDone
  | ErrorEnvelope;

/** The body of `POST /bedrock/embed`. */
export interface EmbedRequest {
  /** An alias of an embedding model that this deployment offers, such as `titan-embed-v2`. */
  model: string;
  /** 1 to 256 texts. Each becomes one vector. */
  inputs: string[];
  /** Length of a vector, if the model lets you choose. Default: the model's own. */
  dimensions?: number | undefined;
  /**
   * The use of the vectors: text to be found (`document`), or the words of a search (`query`). Some models make different
   * vectors for them. Default: `document`.
   */
  purpose?: 'document' | 'query' | undefined;
  /** As for an ask: your customer or user that the call is for. */
  customer?: string | undefined;
}

/** The answer of `POST /bedrock/embed`. */
export interface Embeddings
  extends Pick<Answer, 'id' | 'model' | 'modelId' | 'usage' | 'limits' | 'warnings'> {
  /** One vector per input, in the same order. */
  vectors: number[][];
}

/** One limit, and how much of it is left. */
export interface LimitStatus {
  /**
   * What is counted: `requests`, `tokens` (input, output and cache tokens together) or `usd` (an estimate of their
   * price). A newer proxy may add kinds.
   */
  limit: LimitKind | (string & {});
  /**
   * The period over which it is counted: a `minute`, `hour`, `day`, `week` (from Monday) or `month`, by the calendar of the
   * deployment's time zone. A newer proxy may add periods.
   */
  period: LimitPeriod | (string & {});
  /**
   * Whose usage is counted: the `team`'s, over all its keys; this `key`'s; or in the team, the `person`'s who signed in, the
   * `customer`'s of the request, or the `model`'s. A newer proxy may add scopes.
   */
  scope: LimitScope | (string & {});
  /** The alias of the model whose use is counted, if the scope is `model`. */
  model?: string | undefined;
  /** The limit, in units of `limit`. 0: every call is refused. */
  max: number;
  /** What calls have cost, and the most that calls in flight may still cost. */
  used: number;
  /** What is left, never below 0. */
  remaining: number;
  /**
   * Only of a limit with a pace: the most that `used` may be at this moment. It grows through the period, up to `max`.
   */
  allowedNow?: number | undefined;
  /** When the period ends and counting starts again: ISO 8601, UTC. */
  resetsAt: string;
}

/** A limit on calls at once, and how many are in flight. */
export interface CallsAtOnceStatus {
  /** Whose calls are counted, as in a limit. A newer proxy may add scopes. */
  scope: LimitScope | (string & {});
  /** The alias of the model whose calls are counted, if the scope is `model`. */
  model?: string | undefined;
  /** How many calls may be in flight at once. */
  max: number;
  /** How many are in flight. */
  inFlight: number;
}

/** A limit that is nearly used up. */
export interface LimitWarning extends LimitStatus {
  /** The highest of the operator's shares that is reached, in percent of `max`: by default 80 or 95. */
  threshold: number;
}

/** A limit, and how long it lasts. */
export interface LimitPace extends LimitStatus {
  /**
   * When the limit is used up if use goes on as fast as in this period so far: ISO 8601, UTC. Left out if it is used up, if
   * it lasts until `resetsAt`, and for a minute.
   */
  lastsUntil?: string | undefined;
}

/** The answer of `GET /usage`. */
export interface UsageReport {
  /**
   * Every limit of this person, of each model, of this key and of its team, in the order in which a call meets them. All limits
   * of a `scope` are checked at once. Empty if there is none.
   */
  limits: LimitPace[];
  /** The limits on calls at once, in the same order. Left out if there is none. */
  callsAtOnce?: CallsAtOnceStatus[] | undefined;
}

/** Fields, blocks and ways to ask that only some models support. */
export type AskCapability =
  | 'system'
  /** Turns before the last: `history`, or several `messages`. */
  | 'history'
  | 'stop'
  | 'temperature'
  | 'topP'
  /** Both in one request. */
  | 'temperatureWithTopP'
  | 'images'
  | 'documents'
  | 'tools'
  | 'reasoning'
  /** `cache`, and cache points. */
  | 'cache'
  | 'serviceTier'
  | 'outputSchema'
  | 'stream'
  /** `POST /bedrock/embed`, and nothing else. */
  | 'embed';

/** A model that a key may ask. */
export interface ModelSummary {
  /** The value for `model` in a request. */
  alias: string;
  /** The Bedrock model or inference profile behind the alias. */
  modelId: string;
  /**
   * What it supports besides one text and `maxTokens`: request fields by name; `history` for earlier turns; `images` and
   * `documents`; `temperatureWithTopP`, if both may be in one request; `stream`, if it can stream. An embedding model has
   * only `embed`. A newer proxy may add some.
   */
  capabilities: (AskCapability | (string & {}))[];
  /** For a model that takes tools: the possible `toolChoice`, with `named` for one tool by its name. */
  toolChoices?: ('auto' | 'required' | 'none' | 'named' | (string & {}))[] | undefined;
  /** For a model that can think: how hard it can be asked to think, and its default. */
  reasoning?:
    | {
        /** The possible values of `reasoning`. */
        efforts: (ReasoningEffort | (string & {}))[];
        /** The value if a request has none. */
        default: ReasoningEffort | (string & {});
      }
    | undefined;
  /** For a model that takes cache points. */
  cache?:
    | {
        /** How long a prompt can be kept. */
        ttls: (CacheTtl | (string & {}))[];
        /** The fewest tokens before a cache point that are kept. */
        minimumTokens: number;
      }
    | undefined;
  /** For a model with other tiers than the standard one: the possible `serviceTier`. */
  serviceTiers?: ('priority' | 'flex' | (string & {}))[] | undefined;
  /** For an embedding model with several vector lengths: the lengths, the default first. */
  dimensions?: number[] | undefined;
  /** Tokens of the whole conversation and the answer together. */
  contextTokens?: number | undefined;
  /** The largest `maxTokens`: the model's limit, or the plan's if that is lower. 0 for an embedding model. */
  maxOutputTokens: number;
  /** Whether Bedrock still offers it. */
  lifecycle: {
    /** A newer proxy may add states. */
    status: 'active' | 'legacy' | 'end-of-life' | (string & {});
    /** For a legacy model: the day of its end of life, ISO 8601. */
    endOfLife?: string | undefined;
  };
  /** USD per million tokens: an estimate. Left out if it is not known. */
  price?:
    | {
        /** Of the request. */
        input: number;
        /** Of the answer. */
        output: number;
        /** Of tokens read from a prompt cache, if they have their own price. */
        cacheRead?: number | undefined;
        /** Of tokens written to a prompt cache for 5 minutes, if they have their own price. */
        cacheWrite?: number | undefined;
        /** Of tokens written to a prompt cache for an hour. */
        cacheWrite1h?: number | undefined;
      }
    | undefined;
}

/** The answer of `GET /models`. */
export interface ModelList {
  /** Every model that this key may ask, in the order of the plan. */
  models: ModelSummary[];
}
