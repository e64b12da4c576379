import type { CacheTtl, Effort, ServiceTier } from '@org/models';
import type { ChosenModel } from '../config.ts';
import type { Json, JsonObject } from '../json.ts';

/** A piece of a message. The pieces are those of Bedrock's Converse, under names of our own. */
export type Block =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ToolUseBlock
  | ToolResultBlock
  | ReasoningBlock
  | RedactedReasoningBlock
  | CachePointBlock;

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

export interface ImageBlock {
  readonly type: 'image';
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp';
  readonly bytes: Uint8Array;
}

export interface DocumentBlock {
  readonly type: 'document';
  readonly format: 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md';
  /** The model reads it. Letters, digits, single spaces, hyphens, parentheses and brackets; at most 200. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether answers quote it. Claude sees the pages of a PDF, beyond its text, only so. Default: false. */
  readonly citations?: boolean | undefined;
}

/** The model calls a tool: of an answer, and of the history that repeats it. */
export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}

/** What a tool returned. All results of a turn belong into the one user message after it. */
export interface ToolResultBlock {
  readonly type: 'tool_result';
  /** Of the tool use that it answers. */
  readonly id: string;
  readonly content: readonly (TextBlock | JsonBlock | ImageBlock | DocumentBlock)[];
  /** Whether the tool failed, and `content` says how. Default: false. */
  readonly isError?: boolean | undefined;
}

export interface JsonBlock {
  readonly type: 'json';
  readonly json: Json;
}

/** What the model thought. It must come back unmodified: its signature is over its text. */
export interface ReasoningBlock {
  readonly type: 'reasoning';
  readonly text: string;
  readonly signature?: string | undefined;
}

/** The same where only the model can read it. */
export interface RedactedReasoningBlock {
  readonly type: 'redacted_reasoning';
  readonly bytes: Uint8Array;
}

/** All before it may be kept in the model's prompt cache. */
export interface CachePointBlock {
  readonly type: 'cache_point';
  /** How long it is kept. Default: 5 minutes. */
  readonly ttl?: CacheTtl | undefined;
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly blocks: readonly Block[];
}

export interface Tool {
  readonly type: 'tool';
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of its input, of `type: 'object'`. */
  readonly inputSchema: JsonObject;
}

/** Whether the model may call a tool, must call one, or must call this one. */
export type ToolChoice = 'auto' | 'required' | { readonly name: string };

/**
 * What is sampled and how, the same for every model. None of it is input that is billed. A field here is a capability of
 * models by the same name.
 */
export interface Sampling {
  /** 0 to 1. */
  readonly temperature?: number | undefined;
  /** 0 to 1. */
  readonly topP?: number | undefined;
  /** Strings that end the answer. */
  readonly stop?: readonly string[] | undefined;
}

/** How models spell each field of {@link Sampling} where they refuse it. */
export const samplingSpellings: Readonly<Record<keyof Sampling, RegExp>> = {
  temperature: /temperature/i,
  topP: /top_?p/i,
  stop: /stop_?sequences?/i,
};

export const samplingFields = Object.keys(samplingSpellings) as readonly (keyof Sampling)[];

interface Conversation extends Sampling {
  readonly kind: 'chat';
  readonly messages: readonly Message[];
  readonly system?: readonly (TextBlock | CachePointBlock)[] | undefined;
  readonly tools?: readonly (Tool | CachePointBlock)[] | undefined;
  /** Default: the standard tier. */
  readonly serviceTier?: ServiceTier | undefined;
  /**
   * Fields of the model family's own, beside the ones that all have. Never a caller's own: one that raised the number
   * of output tokens would cost more than was held.
   */
  readonly extra?: JsonObject | undefined;
}

/** A conversation to go on with. */
export interface ChatCall extends Omit<Conversation, 'extra'> {
  readonly maxTokens?: number | undefined;
  /** What `maxTokens` is where it is left out, within what model and plan allow. Default: 1,024. */
  readonly usualMaxTokens?: number | undefined;
  readonly toolChoice?: ToolChoice | 'none' | undefined;
  /** How hard the model thinks first. */
  readonly reasoning?: Effort | undefined;
  /** Keeps the whole prompt in the model's cache for so long. */
  readonly cache?: CacheTtl | undefined;
  /** JSON Schema that the answer must fit. */
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
}

/** The same with what depends on the model chosen. */
export interface ModelChatCall extends Conversation {
  readonly maxTokens: number;
  readonly toolChoice?: ToolChoice | undefined;
  /** What Bedrock itself holds the answer to. */
  readonly outputFormat?: { readonly name: string; readonly schema: JsonObject } | undefined;
}

/** Texts to turn into vectors. */
export interface EmbedCall {
  readonly kind: 'embed';
  readonly inputs: readonly string[];
  /** Numbers of a vector. Default: the model's own. */
  readonly dimensions?: number | undefined;
  /** What the vectors are for, where the model asks. Default: to be found by a search. */
  readonly purpose?: 'document' | 'query' | undefined;
}

/**
 * A request in the words of Anthropic's Messages API, for Claude: signatures, citations, pages of a PDF, and whatever
 * that API adds, survive only so.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export interface MessagesCall {
  readonly kind: 'messages';
  /** Without `model`, `stream` and `anthropic_version`, which are the upstream's. */
  readonly body: JsonObject & { readonly max_tokens: number };
}

/** What a caller asks for, whichever door it came through. */
export type Call = ChatCall | EmbedCall | MessagesCall;

/** What a model is asked for. */
export type ModelCall = ModelChatCall | EmbedCall | MessagesCall;

/** What a door reads of a request. */
export interface Asked {
  /** As the caller names the model: an alias, or any other name that leads to one. */
  readonly alias: string;
  /** What is asked for; or how that is put to the model chosen, of an API that some models speak themselves. */
  readonly call: Call | ((model: ChosenModel) => Call);
  /** Whether the answer goes out whole, and not while it is written. */
  readonly whole: boolean;
}

/**
 * What is asked of the model that was chosen.
 *
 * @throws {ProxyError} `invalid_request` or `unsupported_feature` for what cannot be put to this model.
 */
export function callFor({ call }: Pick<Asked, 'call'>, model: ChosenModel): Call {
  return typeof call === 'function' ? call(model) : call;
}
