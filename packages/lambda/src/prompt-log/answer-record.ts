import type { AskEvent } from '../call/ask.ts';
import type { BeginningBlock, Delta } from '../call/reply.ts';
import { at, isJsonObject, type Json, type JsonObject, parseJson } from '../json.ts';

/** A block of an answer as the prompt log keeps it. What a model cannot be quoted with, such as signatures, is left out. */
interface RecordedBlock {
  readonly type: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** Of a text, or of thoughts. */
  text?: string | undefined;
  /** Of a tool: an object, or the JSON as far as it came. */
  input?: Json | undefined;
}

/** An answer as far as it came. All models and APIs have the same form here. */
export class AnswerRecord {
  readonly #blocks: RecordedBlock[] = [];
  #vectors = 0;

  /** Takes the next event. */
  add(event: AskEvent): void {
    if (event.type === 'begin') this.#blocks.push(begun(event.block));
    else if (event.type === 'delta') append(event.delta, this.#blocks.at(-1));
    else if (event.type === 'vector') this.#vectors += 1;
    else if (event.type === 'message') this.#addMessage(event.event);
  }

  /** Its blocks, or how many vectors it has. Undefined if the model has said nothing. */
  get answer(): object | undefined {
    if (this.#vectors > 0) return { vectors: this.#vectors };
    if (this.#blocks.length === 0) return undefined;
    return {
      blocks: this.#blocks.map(({ input, ...block }) => ({
        ...block,
        ...(input !== undefined && {
          input: typeof input === 'string' ? (parseJson(input) ?? input) : input,
        }),
      })),
    };
  }

  /** An event of Anthropic's Messages API; a whole answer is one event. */
  #addMessage(event: JsonObject): void {
    const { type, content } = event;
    if (type === 'message' && Array.isArray(content)) this.#blocks.push(...content.map(blockOfMessage));
    else if (type === 'content_block_start') this.#blocks.push(blockOfMessage(at(event, 'content_block')));
    else if (type === 'content_block_delta') {
      const block = this.#blocks.at(-1);
      const piece = (name: string) => {
        const value = at(event, 'delta', name);
        return typeof value === 'string' ? value : '';
      };
      append({ type: 'text', text: piece('text') + piece('thinking') }, block);
      append({ type: 'input', json: piece('partial_json') }, block);
    }
  }
}

function begun(block: BeginningBlock): RecordedBlock {
  return block.type === 'tool_use' ? { ...block, input: '' } : { type: block.type };
}

function append(delta: Delta, block: RecordedBlock | undefined): void {
  if (!block) return;
  if (delta.type === 'text' || delta.type === 'reasoning') {
    if (delta.text !== '') block.text = (block.text ?? '') + delta.text;
  } else if (delta.type === 'input' && delta.json !== '') {
    block.input = (typeof block.input === 'string' ? block.input : '') + delta.json;
  }
}

function blockOfMessage(block: Json | undefined): RecordedBlock {
  const { type, id, name, text, thinking, input } = isJsonObject(block) ? block : {};
  const string = (value: Json | undefined) => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    type: type === 'thinking' ? 'reasoning' : (string(type) ?? 'unknown'),
    id: string(id),
    name: string(name),
    text: string(text) ?? string(thinking),
    input,
  };
}
