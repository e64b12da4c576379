import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { BeginningBlock, Delta } from '../../../call/reply.ts';
import type { EventWriter } from './event-writer.ts';
import {
  type CalledTool,
  customCallItem,
  functionCallItem,
  type Item,
  itemId,
  messageItem,
  reasoningItem,
  summaryPart,
  textPart,
} from './items.ts';
import type { Manner } from './request.ts';

/** One item in events, from its first to its last. */
export interface ItemWriter {
  readonly isCall: boolean;
  begin(): string;
  delta(delta: Delta): string;
  end(): { readonly item: Item; readonly frames: string };
}

/** The place of an item. */
interface Place {
  readonly events: EventWriter;
  readonly manner: Manner;
  readonly requestId: string;
  /** Of the item in its response. */
  readonly index: number;
}

export function itemWriter(block: BeginningBlock, place: Place): ItemWriter {
  switch (block.type) {
    case 'text':
      return messageWriter(place);
    case 'reasoning':
    case 'redacted_reasoning':
      return reasoningWriter(place);
    case 'tool_use':
      return place.manner.tools.get(block.name)?.custom
        ? customCallWriter(block, place)
        : functionCallWriter(block, place);
  }
}

type Unnumbered<Event> = Event extends { readonly sequence_number: number }
  ? Omit<Event, 'sequence_number'>
  : never;

/** The fields written for one item: all that the SDK knows, without those of the whole stream. */
function writing({ events, requestId, index }: Place, kind: Item['type']) {
  const id = itemId(kind, requestId, index);
  const write = (event: Unnumbered<ResponseStreamEvent>) => events.write(event);
  return {
    id,
    at: { item_id: id, output_index: index },
    write,
    added: (item: Item) => write({ type: 'response.output_item.added', output_index: index, item }),
    done: (item: Item) => write({ type: 'response.output_item.done', output_index: index, item }),
  };
}

function messageWriter(place: Place): ItemWriter {
  const { id, at, write, added, done } = writing(place, 'message');
  const where = { ...at, content_index: 0 };
  const piece = place.events.deltas({ type: 'response.output_text.delta', ...where, logprobs: [] });
  let text = '';
  return {
    isCall: false,
    begin: () =>
      added({ ...messageItem(id, ''), status: 'in_progress', content: [] }) +
      write({ type: 'response.content_part.added', ...where, part: textPart('') }),
    delta(delta) {
      if (delta.type !== 'text' || delta.text === '') return '';
      text += delta.text;
      return piece(delta.text);
    },
    end() {
      const item = messageItem(id, text);
      const frames =
        write({ type: 'response.output_text.done', ...where, text, logprobs: [] }) +
        write({ type: 'response.content_part.done', ...where, part: textPart(text) }) +
        done(item);
      return { item, frames };
    },
  };
}

function reasoningWriter(place: Place): ItemWriter {
  const { id, at, write, added, done } = writing(place, 'reasoning');
  const where = { ...at, summary_index: 0 };
  const piece = place.events.deltas({ type: 'response.reasoning_summary_text.delta', ...where });
  let text = '';
  let signature: string | undefined;
  const redacted: Uint8Array[] = [];
  return {
    isCall: false,
    begin: () => added({ id, type: 'reasoning', summary: [] }),
    delta(delta) {
      if (delta.type === 'signature') signature = (signature ?? '') + delta.signature;
      else if (delta.type === 'redacted') redacted.push(delta.bytes);
      if (delta.type !== 'reasoning' || delta.text === '') return '';
      const part = {
        type: 'response.reasoning_summary_part.added',
        ...where,
        part: summaryPart(''),
      } as const;
      const opened = text === '' ? write(part) : '';
      text += delta.text;
      return opened + piece(delta.text);
    },
    end() {
      const thoughts =
        redacted.length > 0
          ? ({ type: 'redacted_reasoning', bytes: Buffer.concat(redacted) } as const)
          : ({ type: 'reasoning', text, signature } as const);
      const item = reasoningItem(id, thoughts, place.manner);
      const closed =
        text === ''
          ? ''
          : write({ type: 'response.reasoning_summary_text.done', ...where, text }) +
            write({ type: 'response.reasoning_summary_part.done', ...where, part: summaryPart(text) });
      return { item, frames: closed + done(item) };
    },
  };
}

function functionCallWriter(called: CalledTool, place: Place): ItemWriter {
  const { id, at, write, added, done } = writing(place, 'function_call');
  const offered = place.manner.tools.get(called.name);
  const piece = place.events.deltas({ type: 'response.function_call_arguments.delta', ...at });
  let json = '';
  return {
    isCall: true,
    begin: () =>
      added({ ...functionCallItem(id, called, offered, ''), status: 'in_progress', arguments: '' }),
    delta(delta) {
      if (delta.type !== 'input' || delta.json === '') return '';
      json += delta.json;
      return piece(delta.json);
    },
    end() {
      const item = functionCallItem(id, called, offered, json);
      const { arguments: args } = item;
      return {
        item,
        frames: write({ type: 'response.function_call_arguments.done', ...at, arguments: args }) + done(item),
      };
    },
  };
}

/** The string is within JSON, so it is sent once the JSON is whole. */
function customCallWriter(called: CalledTool, place: Place): ItemWriter {
  const { id, at, write, added, done } = writing(place, 'custom_tool_call');
  const offered = place.manner.tools.get(called.name);
  let json = '';
  return {
    isCall: true,
    begin: () => added({ ...customCallItem(id, called, offered, ''), input: '' }),
    delta(delta) {
      if (delta.type === 'input') json += delta.json;
      return '';
    },
    end() {
      const item = customCallItem(id, called, offered, json);
      const { input } = item;
      return {
        item,
        frames:
          write({ type: 'response.custom_tool_call_input.delta', ...at, delta: input }) +
          write({ type: 'response.custom_tool_call_input.done', ...at, input }) +
          done(item),
      };
    },
  };
}
