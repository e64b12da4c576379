import {
  type Answer,
  type AskRequest,
  AskRequestSchema,
  type StreamDone,
  type StreamEvent,
} from '@org/contract';
import type { Finished } from '../../call/ask.ts';
import type { ChatCall, Message } from '../../call/call.ts';
import { textOf } from '../../call/reply.ts';
import type { Door } from '../door.ts';
import { readFields } from '../fields.ts';

/** The API of this proxy's own client: whether an answer comes whole depends on its route. */
export function nativeDoor({ whole }: { readonly whole: boolean }): Door {
  return {
    parse: (body) => {
      const { model, ...request } = readFields(AskRequestSchema, body);
      return { alias: model, call: callOf(request), whole };
    },

    answer: (reply, { requestId, model, finished }) =>
      ({
        id: requestId,
        model: model.alias,
        modelId: model.modelId,
        text: textOf(reply),
        ...ending(finished),
      }) satisfies Required<Answer>,

    frames(requestId) {
      let start = '';
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
            case 'delta':
              return event.delta.type === 'text' && event.delta.text !== ''
                ? written({ type: 'delta', text: event.delta.text })
                : '';
            case 'finished':
              return written({ type: 'done', ...ending(event.finished) } satisfies Required<StreamDone>);
            default:
              return '';
          }
        },
        ping: ': still there\n\n',
        failed: written,
      };
    },
  };
}

function callOf({ question, system, history = [], ...rest }: Omit<AskRequest, 'model'>): ChatCall {
  const { maxTokens, temperature, topP, stop, outputSchema, ...unread } = rest;
  // A field of a request that is not read does not compile.
  unread satisfies Record<string, never>;
  return {
    kind: 'chat',
    messages: [...history, { role: 'user' as const, text: question }].map(messageOf),
    system: system === undefined ? undefined : [{ type: 'text', text: system }],
    maxTokens,
    temperature,
    topP,
    stop,
    outputSchema,
  };
}

function messageOf({ role, text }: { readonly role: Message['role']; readonly text: string }): Message {
  return { role, blocks: [{ type: 'text', text }] };
}

function ending({ stopReason, output, usage, costUsd, limits }: Finished) {
  const { inputTokens, outputTokens, totalTokens, cacheReadTokens, cacheWrite1hTokens } = usage;
  // However long it is kept.
  const cacheWriteTokens =
    cacheWrite1hTokens === undefined
      ? usage.cacheWriteTokens
      : (usage.cacheWriteTokens ?? 0) + cacheWrite1hTokens;
  return {
    stopReason,
    output,
    usage: { inputTokens, outputTokens, totalTokens, cacheReadTokens, cacheWriteTokens, costUsd },
    limits: [...limits],
  };
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
function written(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
