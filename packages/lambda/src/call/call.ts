import type { CacheTtl, Effort, ServiceTier } from '@org/models';
import type { ChosenModel } from '../config.ts';
import type { Json, JsonObject } from '../json.ts';

/** A piece of a message. The pieces are those of Bedrock's Converse, under our own names. */
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
  /** Whether answers quote it. Only then does Claude see a PDF's pages and not just its text. Default: false. */
  readonly citations?: boolean | undefined;
}

/** The model calls a tool: in an answer, or in a history that repeats it. */
export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
}

/** A tool's result. All results of a turn belong in the one user message after it. */
export interface ToolResultBlock {
  readonly type: 'tool_result';
  /** The id of the tool use that it answers. */
  readonly id: string;
  readonly content: readonly (TextBlock | JsonBlock | ImageBlock | DocumentBlock)[];
  /** Whether the tool failed, and `content` says how. Default: false. */
  readonly isError?: boolean | undefined;
}

export interface JsonBlock {
  readonly type: 'json';
  readonly json: Json;
}

/** The model's thoughts. They must come back unmodified, because the signature covers the text. */
export interface ReasoningBlock {
  readonly type: 'reasoning';
  readonly text: string;
  readonly signature?: string | undefined;
}

/** Thoughts that only the model can read. */
export interface RedactedReasoningBlock {
  readonly type: 'redacted_reasoning';
  readonly bytes: Uint8Array;
}

/** The model may cache the prompt up to here. */
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
 * Sampling settings, the same for every model. None of them is billed input. Each field has a capability of models by
 * the same name.
 */
export interface Sampling {
  /** 0 to 1. */
  readonly temperature?: number | undefined;
  /** 0 to 1. */
  readonly topP?: number | undefined;
  /** Strings that end the answer. */
  readonly stop?: readonly string[] | undefined;
}

/** How models spell each field of {@link Sampling} in a refusal. */
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
   * The model family's own fields. Never a caller's: a field that raised the number of output tokens would cost more
   * than was held.
   */
  readonly extra?: JsonObject | undefined;
}

/** A conversation to go on with. */
export interface ChatCall extends Omit<Conversation, 'extra'> {
  /** `fit`: as many as the limits have room for. */
  readonly maxTokens?: number | 'fit' | undefined;
  /** The default of `maxTokens`, within the limits of model and plan. Default: 1,024. */
  readonly usualMaxTokens?: number | undefined;
  readonly toolChoice?: ToolChoice | 'none' | undefined;
  /** How hard the model thinks first. */
  readonly reasoning?: Effort | undefined;
  /** How long the model's cache keeps the whole prompt. */
  readonly cache?: CacheTtl | undefined;
  /** JSON Schema that the answer must fit. */
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
}

/** The same with the parts that depend on the chosen model. */
export interface ModelChatCall extends Conversation {
  readonly maxTokens: number;
  readonly toolChoice?: ToolChoice | undefined;
  /** The schema that Bedrock itself enforces. */
  readonly outputFormat?: { readonly name: string; readonly schema: JsonObject } | undefined;
}

/** Strings to turn into vectors. */
export interface EmbedCall {
  readonly kind: 'embed';
  readonly inputs: readonly string[];
  /** Numbers of a vector. Default: the model's own. */
  readonly dimensions?: number | undefined;
  /** The purpose of the vectors, if the model asks for it. Default: to be found by a search. */
  readonly purpose?: 'document' | 'query' | undefined;
}

/**
 * A request in the format of Anthropic's Messages API, for Claude. Only this format keeps signatures, citations, pages
 * of a PDF, and future additions to that API.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 */
export interface MessagesCall {
  readonly kind: 'messages';
  /** Without `model`, `stream` and `anthropic_version`, which the upstream sets. */
  readonly body: JsonObject & { readonly max_tokens: number };
}

/** A caller's request, the same for every door (API format). */
export type Call = ChatCall | EmbedCall | MessagesCall;

/** A request to a model. */
export type ModelCall = ModelChatCall | EmbedCall | MessagesCall;

/** The parts of a request that a door reads. */
export interface Asked {
  /** The caller's name of the model: an alias, or any other name that leads to one. */
  readonly alias: string;
  /** The request; or how to put it to the chosen model, for an API that some models speak themselves. */
  readonly call: Call | ((model: ChosenModel) => Call);
  /** The caller's own customer, if it asks for one: a {@link usageId}. Absent if it names none. */
  readonly customer?: string | undefined;
  /** Whether the answer goes out whole, and not piece by piece. */
  readonly whole: boolean;
}

/**
 * The request to the chosen model.
 *
 * @throws {ProxyError} `invalid_request` or `unsupported_feature` for a part that this model does not support.
 */
export function callFor({ call }: Pick<Asked, 'call'>, model: ChosenModel): Call {
  return typeof call === 'function' ? call(model) : call;
}
