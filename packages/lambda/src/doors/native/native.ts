import {
  type Answer,
  type AskRequest,
  AskRequestSchema,
  type StreamDone,
  type StreamEvent,
} from '@org/contract';
import type { Finished } from '../../call/ask.ts';
import type { ChatCall } from '../../call/call.ts';
import { type Delta, textOf as textOfReply } from '../../call/reply.ts';
import { usageId } from '../../usage-id.ts';
import type { Door, Frames, ReadRequest } from '../door.ts';
import { readFields } from '../fields.ts';
import { answerBlockOf, messageOf, textOf, toolOf } from './blocks.ts';
import { endingOf } from './ending.ts';

/** The API of this proxy's own client. The route decides whether an answer comes whole. */
export function nativeDoor({ whole }: { readonly whole: boolean }): Door {
  return {
    parse: (body) => {
      const { model, customer, ...request } = readFields(AskRequestSchema, body);
      return { alias: model, call: callOf(request), customer: usageId(customer), whole };
    },

    answer: ({ requestId, model, finished }) =>
      ({
        id: requestId,
        model: model.alias,
        modelId: model.modelId,
        text: textOfReply(finished.reply),
        ...answered(finished),
      }) satisfies Required<Answer>,

    frames,
  };
}

function callOf({
  question,
  system,
  history = [],
  messages = [],
  ...rest
}: Omit<AskRequest, 'model' | 'customer'>): ChatCall {
  const {
    tools,
    toolChoice,
    reasoning,
    cache,
    serviceTier,
    maxTokens,
    temperature,
    topP,
    stop,
    outputSchema,
    ...unread
  } = rest;
  // A field of a request that is not read does not compile.
  unread satisfies Record<string, never>;
  const turns = [
    ...history.map(({ role, text }) => ({ role, content: text })),
    ...messages,
    ...(question === undefined ? [] : [{ role: 'user' as const, content: question }]),
  ];
  return {
    kind: 'chat',
    messages: turns.map(messageOf),
    system: typeof system === 'string' ? [textOf(system)] : system,
    tools: tools?.map(toolOf),
    toolChoice,
    reasoning,
    cache,
    serviceTier,
    maxTokens,
    temperature,
    topP,
    stop,
    outputSchema,
  };
}

function answered(finished: Finished) {
  const { reply, stopReason, maxTokens, output } = finished;
  return {
    content: reply.blocks.flatMap(answerBlockOf),
    stopReason,
    maxTokens,
    output,
    ...endingOf(finished),
  };
}

function frames({ requestId }: ReadRequest): Frames {
  let start = '';
  /** Whether the block that is being written is text, whose deltas need no frame around them. */
  let isText = true;
  return {
    frame(event) {
      switch (event.type) {
        case 'chosen': {
          const { alias: model, modelId } = event.model;
          start = written({ type: 'start', id: requestId, model, modelId });
          return '';
        }
        case 'admitted':
          return start;
        case 'begin': {
          const { block } = event;
          isText = block.type === 'text';
          return block.type === 'text' ? '' : written({ type: 'block_start', block });
        }
        case 'delta':
          return deltaFrame(event.delta);
        case 'end':
          return isText ? '' : written({ type: 'block_end' });
        case 'finished':
          return written({ type: 'done', ...answered(event.finished) } satisfies Required<StreamDone>);
        default:
          return '';
      }
    },
    ping: ': still there\n\n',
    failed: written,
  };
}

/** Signed thoughts, and thoughts that only the model can read, are useful only whole: `done` has them. */
function deltaFrame(delta: Delta): string {
  switch (delta.type) {
    case 'text':
      return delta.text === '' ? '' : written({ type: 'delta', text: delta.text });
    case 'input':
      return delta.json === '' ? '' : written({ type: 'block_delta', delta });
    case 'reasoning':
      return delta.text === '' ? '' : written({ type: 'block_delta', delta });
    case 'signature':
    case 'redacted':
      return '';
  }
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
function written(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
