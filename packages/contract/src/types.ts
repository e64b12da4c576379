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
  /** What was said. Of a user, at least one character that is not white space; an answer's `text` may be empty. */
  text: string;
}

/** The body of `POST /bedrock` and of `POST /bedrock/stream`. */
export interface AskRequest {
  /** A model alias that this deployment offers, such as `nova-lite`. */
  model: string;
  /** The last user turn, as text. It reaches the model exactly as written. Required where `messages` do not end with one. */
  question?: string | undefined;
  /** Instructions that the model follows over the whole conversation: a string, or texts with cache points. */
  system?: string | (TextBlock | CachePointBlock)[] | undefined;
  /**
   * Earlier turns as text, oldest first: user and assistant in turn, starting with user, ending with assistant; `question`
   * is the next. Not beside `messages`, which take more than text.
   */
  history?: Turn[] | undefined;
  /**
   * The conversation, oldest turn first: user and assistant in turn, starting with user. It ends with the user turn to
   * answer, or, where there is a `question`, with the assistant turn before it.
   */
  messages?: Message[] | undefined;
  /** What the model may call. The caller runs it, and sends the result in the next request. */
  tools?: (Tool | CachePointBlock)[] | undefined;
  /** Whether the model must call a tool. Default: `auto`. Needs `tools`. */
  toolChoice?: ToolChoice | undefined;
  /** How hard the model thinks before it answers. Thoughts count as output. Default: the model's own. */
  reasoning?: ReasoningEffort | undefined;
  /**
   * Lets the model keep this prompt for so long, and read it from there in the next request that begins the same: puts a
   * cache point after the tools, the `system` and the last message, wherever the model takes one. Not beside cache points
   * of your own.
   */
  cache?: CacheTtl | undefined;
  /**
   * How the model serves this call: sooner and dearer (`priority`), or when there is room and cheaper (`flex`). Default:
   * the standard tier.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html
   */
  serviceTier?: 'priority' | 'flex' | undefined;
  /**
   * The most tokens the answer may have, thoughts included. Default: 1,024, and 8,192 where the model thinks, or less where
   * the model or the plan allows less.
   */
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
  /** All text that the model wrote; with an `outputSchema`, the JSON of `output`. Empty where it called tools alone. */
  text: string;
  /**
   * All that the model wrote, in order: texts, calls of tools, thoughts. To go on with the conversation, send it back as
   * the `content` of an assistant turn. Empty where the model said nothing.
   */
  content: AnswerBlock[];
  /** Only with an `outputSchema`: the answer, which the proxy checked against it. */
  output?: unknown;
  /**
   * Why the model stopped: `end_turn`, `tool_use` (it waits for the results of the tools that it calls in `content`),
   * `max_tokens` (the answer is cut off: raise `maxTokens`), `stop_sequence`, `guardrail_intervened`, `content_filtered`,
   * ... A newer proxy may add values.
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
  /** Input tokens that went into a prompt cache for 5 minutes; not part of `inputTokens`. */
  cacheWriteTokens?: number | undefined;
  /** Input tokens that went into a prompt cache for an hour; not part of `inputTokens`. */
  cacheWrite1hTokens?: number | undefined;
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

/** The model begins a block that is not text. */
export interface StreamBlockStart {
  /** Name of the event. */
  type: 'block_start';
  /** What is known of it before its first piece. */
  block:
    | Pick<ToolUseBlock, 'type' | 'id' | 'name'>
    | Pick<ReasoningBlock, 'type'>
    | Pick<RedactedReasoningBlock, 'type'>;
}

/** The next piece of the block that was begun. */
export interface StreamBlockDelta {
  /** Name of the event. */
  type: 'block_delta';
  /** To be appended to what came before. Of a tool's input, a piece of its JSON. */
  delta: { type: 'input'; json: string } | { type: 'reasoning'; text: string };
}

/** The block that was begun is whole. */
export interface StreamBlockEnd {
  /** Name of the event. */
  type: 'block_end';
}

/** The last event of a stream: the answer is whole. */
export interface StreamDone extends Pick<Answer, 'content' | 'stopReason' | 'output' | 'usage' | 'limits'> {
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
  /** Numbers of a vector, where the model lets you choose. Default: the model's own. */
  dimensions?: number | undefined;
  /**
   * What the vectors are for: texts to be found (`document`), or the words of a search (`query`). Some models tell them
   * apart. Default: `document`.
   */
  purpose?: 'document' | 'query' | undefined;
}

/** The answer of `POST /bedrock/embed`. */
export interface Embeddings extends Pick<Answer, 'id' | 'model' | 'modelId' | 'usage' | 'limits'> {
  /** A vector for each input, in their order. */
  vectors: number[][];
}

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

/** What not every model takes: fields and blocks of a request, and ways to ask. */
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
  /** What `model` of a request is to be. */
  alias: string;
  /** The Bedrock model or inference profile behind the alias. */
  modelId: string;
  /**
   * What it takes beside one text and `maxTokens`: request fields by name; `history` for earlier turns; `images` and
   * `documents`; `temperatureWithTopP`, if both in one request; `stream`, if it can be streamed; and `embed` alone where it
   * turns texts into vectors. A newer proxy may add some.
   */
  capabilities: (AskCapability | (string & {}))[];
  /** Where it takes tools: what `toolChoice` can be, with `named` for one by its name. */
  toolChoices?: ('auto' | 'required' | 'none' | 'named' | (string & {}))[] | undefined;
  /** Where it can be asked to think: how hard, and how hard it does unasked. */
  reasoning?:
    | {
        /** What `reasoning` can be. */
        efforts: (ReasoningEffort | (string & {}))[];
        /** What it does unasked. */
        default: ReasoningEffort | (string & {});
      }
    | undefined;
  /** Where it takes cache points. */
  cache?:
    | {
        /** How long what is before a point can be kept. */
        ttls: (CacheTtl | (string & {}))[];
        /** Tokens before a point, below which nothing is kept. */
        minimumTokens: number;
      }
    | undefined;
  /** Where it is served in other tiers than the standard one: what `serviceTier` can be. */
  serviceTiers?: ('priority' | 'flex' | (string & {}))[] | undefined;
  /** Of an embedding model whose vectors can be of several sizes: how many numbers, the default first. */
  dimensions?: number[] | undefined;
  /** Tokens of the whole conversation and the answer together. */
  contextTokens?: number | undefined;
  /** The most that `maxTokens` can be: the model's limit, or the plan's where that is lower. 0 for vectors. */
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
        /** Of what is sent. */
        input: number;
        /** Of the answer. */
        output: number;
        /** Of what is read from a prompt cache, where that has a price of its own. */
        cacheRead?: number | undefined;
        /** Of what is written to a prompt cache for 5 minutes, where that has a price of its own. */
        cacheWrite?: number | undefined;
        /** Of what is written to a prompt cache for an hour. */
        cacheWrite1h?: number | undefined;
      }
    | undefined;
}

/** The answer of `GET /models`. */
export interface ModelList {
  /** Every model that this key may ask, in the order of the plan. */
  models: ModelSummary[];
}
