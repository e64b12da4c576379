import type { BilledTokens } from '@org/models';
import { isJsonObject, type JsonObject, parseJson } from '../json.ts';
import type { ReasoningBlock, RedactedReasoningBlock, TextBlock, ToolUseBlock } from './call.ts';

/** Bedrock's count for one call. */
export interface TokenUsage extends BilledTokens {
  /** Includes the tokens of a prompt cache. */
  readonly totalTokens: number;
}

/** The start of a block: the fields known before its first piece. */
export type BeginningBlock =
  | { readonly type: 'text' }
  | { readonly type: 'reasoning' }
  | { readonly type: 'redacted_reasoning' }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string };

/** The next piece of the current block. For a tool's input, a piece of its JSON. */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'input'; readonly json: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'signature'; readonly signature: string }
  | { readonly type: 'redacted'; readonly bytes: Uint8Array };

/**
 * The events of a call, in this order: blocks one after the other, each from `begin` to `end`; or vectors; or events in
 * the format of the Messages API, if the call used it. Then the stop reason and the usage, in either order. Usage known
 * before the end is passed on as soon as Bedrock reports it. A whole answer is the fold of its events. The pieces of a
 * tool's input make a JSON object, unless the tool comes last in a cut-off answer.
 */
export type ReplyEvent =
  /** Bedrock throttled the call, which is tried once more. Only before anything else. */
  | { readonly type: 'throttled'; readonly retryInMs: number }
  | { readonly type: 'begin'; readonly block: BeginningBlock }
  | { readonly type: 'delta'; readonly delta: Delta }
  | { readonly type: 'end' }
  | { readonly type: 'vector'; readonly vector: readonly number[] }
  | { readonly type: 'message'; readonly event: JsonObject }
  | { readonly type: 'stopped'; readonly stopReason: string }
  | { readonly type: 'usage'; readonly usage: TokenUsage };

/** A block of a whole answer. */
export type ReplyBlock = TextBlock | ToolUseBlock | ReasoningBlock | RedactedReasoningBlock;

/** A whole answer. */
export interface Reply {
  /** Without a cut-off call of a tool: its input may be incomplete, so it must not run. */
  readonly blocks: readonly ReplyBlock[];
  readonly vectors: readonly (readonly number[])[];
  /** Its first event in the format of the Messages API. A whole answer is one event. */
  readonly message: JsonObject | undefined;
}

/** The stop reasons of a model that finished writing. */
const ends: ReadonlySet<string> = new Set(['end_turn', 'tool_use']);

/**
 * Whether a call of a tool that comes last in an answer was cut off. It may look whole, because cut-off JSON can still
 * be valid JSON.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html
 */
export function cutsOffTool(stopReason: string): boolean {
  return !ends.has(stopReason);
}

/** A block as it was written, piece by piece. */
interface WrittenBlock {
  readonly block: BeginningBlock;
  text: string;
  signature?: string;
  redacted?: Buffer;
}

/** Folds events into a whole answer. */
export class ReplyFold {
  readonly #written: WrittenBlock[] = [];
  readonly #vectors: (readonly number[])[] = [];
  #message: JsonObject | undefined;
  #stopReason: string | undefined;

  /** Takes the next event. */
  add(event: ReplyEvent): void {
    switch (event.type) {
      case 'begin':
        this.#written.push({ block: event.block, text: '' });
        break;
      case 'delta':
        append(event.delta, this.#written.at(-1));
        break;
      case 'vector':
        this.#vectors.push(event.vector);
        break;
      case 'message':
        // A stream has thousands, and they are not needed after they are passed on.
        this.#message ??= event.event;
        break;
      case 'stopped':
        this.#stopReason = event.stopReason;
        break;
      case 'throttled':
      case 'end':
      case 'usage':
        break;
      default:
        event satisfies never;
    }
  }

  get reply(): Reply {
    const cutOff = this.#stopReason !== undefined && cutsOffTool(this.#stopReason);
    const unfinished = cutOff && this.#written.at(-1)?.block.type === 'tool_use' ? 1 : 0;
    const finished = this.#written.slice(0, this.#written.length - unfinished);
    return { blocks: finished.map(blockOf), vectors: this.#vectors, message: this.#message };
  }
}

function append(delta: Delta, written: WrittenBlock | undefined): void {
  if (!written) return;
  switch (delta.type) {
    case 'text':
    case 'reasoning':
      written.text += delta.text;
      break;
    case 'input':
      written.text += delta.json;
      break;
    case 'signature':
      written.signature = (written.signature ?? '') + delta.signature;
      break;
    case 'redacted':
      written.redacted = Buffer.concat([written.redacted ?? Buffer.alloc(0), delta.bytes]);
      break;
    default:
      delta satisfies never;
  }
}

function blockOf({ block, text, signature, redacted }: WrittenBlock): ReplyBlock {
  switch (block.type) {
    case 'text':
      return { type: 'text', text };
    case 'reasoning':
      return { type: 'reasoning', text, signature };
    case 'redacted_reasoning':
      return { type: 'redacted_reasoning', bytes: redacted ?? Buffer.alloc(0) };
    case 'tool_use': {
      const input = toolInputOf(text);
      if (!input) throw new TypeError('The upstream has passed on an input of a tool that is not an object');
      return { ...block, input };
    }
  }
}

/** A tool's input; `undefined` if the JSON is not an object. A tool without parameters is called without JSON. */
export function toolInputOf(json: string): JsonObject | undefined {
  const input = json === '' ? {} : parseJson(json);
  return isJsonObject(input) ? input : undefined;
}

/** The text of an answer. */
export function textOf({ blocks }: Reply): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
