import type { JsonSchema } from '../schema/json-schema.ts';

/** How long a prefix of a prompt is kept after its last use. */
export type Ttl = '5m' | '1h';

/** All before it is to be kept. */
export interface CachePoint {
  readonly type: 'cache_point';
  readonly ttl: Ttl;
}

export interface Text {
  readonly type: 'text';
  readonly text: string;
}

export interface Image {
  readonly type: 'image';
  /** As the caller says it; the bytes may say something else. */
  readonly format: string;
  readonly bytes: Uint8Array;
}

export interface Document {
  readonly type: 'document';
  readonly format: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Whether an answer quotes it, and says from where. */
  readonly citations: boolean;
}

export type Media = Text | Image | Document;

export interface ToolUse {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface ToolResult {
  readonly type: 'tool_result';
  /** Of the call that it answers. */
  readonly id: string;
  readonly content: readonly Media[];
}

export interface Thought {
  readonly type: 'thinking';
  readonly text: string;
  readonly signature: string | undefined;
}

/** A redacted thought, in base64. */
export interface RedactedThought {
  readonly type: 'redacted_thinking';
  readonly data: string;
}

export type Block = Media | ToolUse | ToolResult | Thought | RedactedThought | CachePoint;

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

export interface Tool {
  readonly type: 'tool';
  readonly name: string;
  /** Of its input. */
  readonly schema: JsonSchema;
  /** All that the model reads of it. */
  readonly text: string;
}

/** Whether the model may call tools, has to call one, has to call this one, or must call none. */
export type ToolChoice = 'auto' | 'any' | 'none' | { readonly name: string };

/**
 * How the model is asked to think before it answers. Claude signs its thoughts, open-weight models do not,
 * and Nova hides its own.
 */
export type Reasoning =
  | {
      readonly kind: 'signed';
      /** Tokens that its thoughts may have. Left out: the model decides. */
      readonly budget?: number | undefined;
      /** Whether it thinks between calls of tools too, and the budget is for all its thoughts together. */
      readonly interleaved: boolean;
    }
  | { readonly kind: 'open' | 'hidden' };

/** What a model is asked, whichever body it came in. */
export interface Prompt {
  readonly modelId: string;
  readonly tools: readonly (Tool | CachePoint)[];
  readonly toolChoice: ToolChoice;
  readonly system: readonly (Text | CachePoint)[];
  readonly messages: readonly Message[];
  /** The schema that the answer has to fit, and its text. */
  readonly output?: { readonly schema: JsonSchema; readonly text: string } | undefined;
  /** `off` where the caller says that it shall not think; left out where nothing is said of it. */
  readonly reasoning?: Reasoning | 'off' | undefined;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  /** The texts that a guardrail is to look at. Left out: what is asked last. */
  readonly guarded?: string | undefined;
}

/** One question, of which nothing else is said. */
export function plainPrompt(modelId: string, question: string): Omit<Prompt, 'maxTokens' | 'stop'> {
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: question }] }];
  return { modelId, tools: [], toolChoice: 'auto', system: [], messages };
}

export function toolsOf({ tools }: Pick<Prompt, 'tools'>): Tool[] {
  return tools.filter((tool) => tool.type === 'tool');
}

export function textOf(blocks: readonly Block[]): string {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
}

/** What tools returned in the message that is to be answered; none where it brings no results. */
export function lastResults({ messages }: Pick<Prompt, 'messages'>): ToolResult[] {
  return (messages.at(-1)?.content ?? []).filter((block) => block.type === 'tool_result');
}

/** What is asked last: what tools returned, else the texts of the last message, else what it has in their place. */
export function questionOf(prompt: Pick<Prompt, 'messages'>): string {
  const last = prompt.messages.at(-1)?.content ?? [];
  const results = lastResults(prompt).map(({ content }) => textOf(content));
  return [...results, textOf(last)].join('') || `[${last.map(({ type }) => type).join(', ')}]`;
}

/**
 * Where the current turn of the model begins in the messages: after the last one of a user that is more than results of
 * tools.
 */
export function currentTurn({ messages }: Pick<Prompt, 'messages'>): number {
  const asks = ({ role, content }: Message) =>
    role === 'user' && content.some(({ type }) => type !== 'tool_result' && type !== 'cache_point');
  return messages.findLastIndex(asks) + 1;
}
