import { type ErrorEnvelope, errorDefinition, isErrorCode } from '@org/contract';
import type { Finished } from '../../../call/ask.ts';
import { cutsOffTool } from '../../../call/reply.ts';
import type { Frames, ReadRequest } from '../../door.ts';
import { EventWriter } from './event-writer.ts';
import { type ItemWriter, itemWriter } from './item-writer.ts';
import type { Item } from './items.ts';
import { mannerOf } from './request.ts';
import { begun, endOf, type Failure, type Progress, responseOf, usageOf } from './response.ts';

/** A response while it is written. @see https://developers.openai.com/api/reference/resources/responses/streaming-events */
export function frames(request: ReadRequest): Frames {
  const { requestId, body } = request;
  const manner = mannerOf(body);
  const events = new EventWriter();
  const output: Item[] = [];
  let index = 0;
  let called = false;
  /** The item that is being written, or a call that may turn out to be cut off. */
  let open: ItemWriter | undefined;

  const response = (type: string, progress: Partial<Progress>) =>
    events.write({ type, response: responseOf(request, { ...begun, output, ...progress }) });
  const close = (): string => {
    if (!open) return '';
    const { item, frames: last } = open.end();
    open = undefined;
    output.push(item);
    return last;
  };
  const finished = ({ stopReason, usage }: Finished): string => {
    const end = endOf(stopReason);
    return response(`response.${end.status}`, { ...end, usage: usageOf(usage) });
  };

  return {
    frame(event) {
      switch (event.type) {
        case 'admitted':
          return response('response.created', {}) + response('response.in_progress', {});
        case 'begin': {
          const { block } = event;
          const closed = close();
          const isCall = block.type === 'tool_use';
          if (isCall && called && !manner.parallel) return closed;
          called ||= isCall;
          open = itemWriter(block, { events, manner, requestId, index: index++ });
          return closed + open.begin();
        }
        case 'delta':
          return open?.delta(event.delta) ?? '';
        case 'end':
          return open?.isCall ? '' : close();
        case 'stopped':
          // A cut-off call must not run, so it is never reported as done.
          if (cutsOffTool(event.stopReason)) open = undefined;
          return close();
        case 'finished':
          return finished(event.finished);
        default:
          return '';
      }
    },
    ping: ': still there\n\n',
    failed(envelope) {
      const { code, message, param = null } = envelope.error;
      return (
        // OpenAI's own SDKs read `error`, others the fields beside it.
        events.write({ ...envelope, code, message, param }) +
        response('response.failed', { status: 'failed', error: failureOf(envelope) })
      );
    },
  };
}

/** In the words of this API, by which Codex decides whether to ask again. */
function failureOf({ error: { code, message } }: ErrorEnvelope): Failure {
  if (code === 'context_too_long') return { code: 'context_length_exceeded', message };
  if (code === 'model_throttled') return { code: 'rate_limit_exceeded', message };
  const again = !isErrorCode(code) || errorDefinition(code).retryable;
  return { code: again ? 'server_error' : 'invalid_prompt', message };
}
