import type { BilledTokens } from '@org/models';
import { isJsonObject, type JsonObject, parseJson } from '../json.ts';
import type { ReasoningBlock, TextBlock, ToolUseBlock } from './call.ts';

/** What Bedrock counted for one call. */
export interface TokenUsage extends BilledTokens {
  /** Those of a prompt cache included. */
  readonly totalTokens: number;
}

/** A block of an answer that begins: what is known of it before its first piece. */
export type BeginningBlock =
  | { readonly type: 'text' }
  | { readonly type: 'reasoning' }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string };

/** The next piece of the block that is being written. Of a tool's input, a piece of its JSON. */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'input'; readonly json: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'signature'; readonly signature: string }
  | { readonly type: 'redacted'; readonly bytes: Uint8Array };

/**
 * What comes of a call, in this order: blocks one after the other, each from `begin` to `end`; or vectors; or events in
 * the words of the Messages API, where the call was in them. Then why the model stopped and what it took, in either
 * order. What is counted before the end is said too, as soon as Bedrock says it. A whole answer is the fold of its
 * events.
 */
export type ReplyEvent =
  | { readonly type: 'begin'; readonly block: BeginningBlock }
  | { readonly type: 'delta'; readonly delta: Delta }
  | { readonly type: 'end' }
  | { readonly type: 'vector'; readonly vector: readonly number[] }
  | { readonly type: 'message'; readonly event: JsonObject }
  | { readonly type: 'stopped'; readonly stopReason: string }
  | { readonly type: 'usage'; readonly usage: TokenUsage };

/** A block of a whole answer. */
export type ReplyBlock = TextBlock | ToolUseBlock | ReasoningBlock;

/** A whole answer. */
export interface Reply {
  readonly blocks: readonly ReplyBlock[];
  readonly vectors: readonly (readonly number[])[];
  /** In the words of the Messages API. */
  readonly message: readonly JsonObject[];
}

/** Folds events into a whole answer. */
export class ReplyFold {
  readonly #blocks: ReplyBlock[] = [];
  readonly #vectors: (readonly number[])[] = [];
  readonly #message: JsonObject[] = [];
  #begun: BeginningBlock | undefined;
  #text = '';
  #signature: string | undefined;
  #redacted: Uint8Array | undefined;

  /** Takes the next event. */
  add(event: ReplyEvent): void {
    switch (event.type) {
      case 'begin':
        this.#begun = event.block;
        break;
      case 'delta':
        this.#append(event.delta);
        break;
      case 'end':
        if (this.#begun) this.#blocks.push(this.#finished(this.#begun));
        this.#begun = undefined;
        this.#text = '';
        this.#signature = undefined;
        this.#redacted = undefined;
        break;
      case 'vector':
        this.#vectors.push(event.vector);
        break;
      case 'message':
        this.#message.push(event.event);
        break;
      case 'stopped':
      case 'usage':
        break;
      default:
        event satisfies never;
    }
  }

  get reply(): Reply {
    return { blocks: this.#blocks, vectors: this.#vectors, message: this.#message };
  }

  #append(delta: Delta): void {
    switch (delta.type) {
      case 'text':
      case 'reasoning':
        this.#text += delta.text;
        break;
      case 'input':
        this.#text += delta.json;
        break;
      case 'signature':
        this.#signature = (this.#signature ?? '') + delta.signature;
        break;
      case 'redacted':
        this.#redacted = delta.bytes;
        break;
      default:
        delta satisfies never;
    }
  }

  #finished(block: BeginningBlock): ReplyBlock {
    switch (block.type) {
      case 'text':
        return { type: 'text', text: this.#text };
      case 'reasoning':
        return this.#redacted
          ? { type: 'reasoning', redacted: this.#redacted }
          : { type: 'reasoning', text: this.#text, signature: this.#signature };
      case 'tool_use':
        return { ...block, input: inputOf(this.#text) };
    }
  }
}

/** A tool without parameters is called with no JSON at all. */
function inputOf(json: string): JsonObject {
  const input = json === '' ? {} : parseJson(json);
  if (!isJsonObject(input)) throw new TypeError('The input of a tool is not a JSON object');
  return input;
}

/** The text of an answer. */
export function textOf({ blocks }: Reply): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
