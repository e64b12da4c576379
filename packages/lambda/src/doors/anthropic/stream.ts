import type { AskEvent, Finished } from '../../call/ask.ts';
import type { BeginningBlock, Delta } from '../../call/reply.ts';
import { isJsonObject, type Json, type JsonObject } from '../../json.ts';
import type { Frames, ReadRequest } from '../door.ts';
import {
  callsOneTool,
  messageFrame,
  passedOn,
  redactedBlock,
  stopOf,
  stoppedFor,
  usageFields,
  withoutBedrocks,
} from './answer.ts';
import { isClaude } from './for-claude.ts';

const ping = written('ping', { type: 'ping' });
const messageStop = written('message_stop', { type: 'message_stop' });

/** A stream of Anthropic's API: of Claude's own events, or of those that another model's answer makes. */
export function frames(request: ReadRequest): Frames {
  const { body } = request;
  const blocks = new BlockFrames(callsOneTool(body));
  let isPassed = false;
  return {
    frame(event) {
      switch (event.type) {
        case 'chosen':
          isPassed = isClaude(event.model.definition);
          return '';
        case 'admitted':
          return isPassed ? '' : messageStart(request);
        case 'message':
          return passedFrame(event.event, body);
        case 'begin':
        case 'delta':
        case 'end':
          return blocks.frame(event);
        case 'finished':
          return isPassed ? messageStop : messageDelta(event.finished, body) + messageStop;
        default:
          return '';
      }
    },
    ping,
    failed: (error) => written('error', error),
  };
}

/**
 * Each event as it comes, but for the end, which is ours to say: it comes once, and only after an answer that was whole
 * and charged.
 */
function passedFrame(event: JsonObject, body: JsonObject): string {
  const said = withoutBedrocks(event);
  switch (said['type']) {
    case 'message_start':
      return written('message_start', {
        ...said,
        ...(isJsonObject(said['message']) && { message: passedOn(said['message'], body) }),
      });
    case 'message_delta':
      return written('message_delta', {
        ...said,
        ...(isJsonObject(said['delta']) && { delta: stoppedFor(said['delta']) }),
      });
    case 'message_stop':
    case 'error':
      return '';
    default:
      return isName(said['type']) ? written(said['type'], said) : '';
  }
}

/** A name that fits into one line. */
function isName(type: Json | undefined): type is string {
  return typeof type === 'string' && /^\w+$/.test(type);
}

/** The number of tokens read is known at the end. */
function messageStart({ requestId, body }: ReadRequest): string {
  const usage = usageFields({ inputTokens: 0, outputTokens: 0, totalTokens: 0 });
  const message = {
    ...messageFrame(requestId, body),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  return written('message_start', { type: 'message_start', message });
}

function messageDelta({ stopReason, usage }: Finished, body: JsonObject): string {
  return written('message_delta', {
    type: 'message_delta',
    delta: stopOf(stopReason, body),
    usage: usageFields(usage),
  });
}

type BlockEvent = Extract<AskEvent, { type: 'begin' | 'delta' | 'end' }>;

/** The blocks of a stream, numbered from 0. */
class BlockFrames {
  readonly #oneTool: boolean;
  #index = -1;
  #delta = '';
  #tools = 0;
  /** Whether the block is left out. */
  #isSkipped = false;
  /** For a block that is sent whole. */
  #redacted: Uint8Array[] | undefined;

  constructor(oneTool: boolean) {
    this.#oneTool = oneTool;
  }

  frame(event: BlockEvent): string {
    switch (event.type) {
      case 'begin':
        return this.#begin(event.block);
      case 'delta':
        return this.#isSkipped ? '' : this.#piece(event.delta);
      case 'end':
        return this.#isSkipped ? '' : this.#end();
    }
  }

  #begin(block: BeginningBlock): string {
    if (block.type === 'tool_use') this.#tools += 1;
    this.#isSkipped = block.type === 'tool_use' && this.#oneTool && this.#tools > 1;
    if (this.#isSkipped) return '';
    this.#index += 1;
    this.#delta = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":`;
    this.#redacted = block.type === 'redacted_reasoning' ? [] : undefined;
    return this.#redacted ? '' : this.#start(beginningOf(block));
  }

  #start(content_block: object): string {
    return written('content_block_start', {
      type: 'content_block_start',
      index: this.#index,
      content_block,
    });
  }

  /** The most frequent by far, so its frame is made of two strings. */
  #piece(delta: Delta): string {
    switch (delta.type) {
      case 'text':
        return delta.text === ''
          ? ''
          : `${this.#delta}{"type":"text_delta","text":${JSON.stringify(delta.text)}}}\n\n`;
      case 'input':
        return `${this.#delta}{"type":"input_json_delta","partial_json":${JSON.stringify(delta.json)}}}\n\n`;
      case 'reasoning':
        return `${this.#delta}{"type":"thinking_delta","thinking":${JSON.stringify(delta.text)}}}\n\n`;
      case 'signature':
        return `${this.#delta}{"type":"signature_delta","signature":${JSON.stringify(delta.signature)}}}\n\n`;
      case 'redacted':
        this.#redacted?.push(delta.bytes);
        return '';
    }
  }

  #end(): string {
    const whole = this.#redacted ? this.#start(redactedBlock(Buffer.concat(this.#redacted))) : '';
    return whole + written('content_block_stop', { type: 'content_block_stop', index: this.#index });
  }
}

function beginningOf(block: BeginningBlock): object {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '', citations: null };
    case 'tool_use':
      return { ...block, input: {} };
    case 'reasoning':
    case 'redacted_reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
  }
}

/** @see https://platform.claude.com/docs/en/build-with-claude/streaming */
function written(name: string, event: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
}
