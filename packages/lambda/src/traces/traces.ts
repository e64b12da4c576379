import { errorDefinition } from '@org/contract';
import type { AskEvent } from '../call/ask.ts';
import type { Observe, ObservedRequest } from '../log/observer.ts';
import type { SendSegment } from './daemon.ts';

export interface TracesOptions {
  /** The runtime's trace header of the call that begins now; undefined if there is none. */
  readonly header: () => string | undefined;
  readonly send: SendSegment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Buffer;
}

/** Part of a call, on the way. Milliseconds since 1970. */
interface Part {
  readonly name: 'hold' | 'Bedrock' | 'settle';
  readonly start: number;
  end?: number;
  /** Bedrock refused it for now. */
  throttle?: true;
}

/**
 * Traces the requests that X-Ray samples: a subsegment of the function's segment for each request, and in it one for the
 * hold, for each attempt at the model, and for the settlement. Names and durations only, and nothing of the content.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export function createTraces({ header, send, now, randomBytes }: TracesOptions): Observe {
  const newId = () => randomBytes(8).toString('hex');
  return ({ log }) => {
    const { Root, Parent, Sampled } = fieldsOf(header() ?? '');
    if (!Root || !Parent || Sampled !== '1') return undefined;
    const start = now();
    const parts: Part[] = [];
    return {
      note: (event) => notePart(event, parts, now()),
      async report() {
        const end = now();
        const subsegments = parts.map((part) => ({
          ...{ id: newId(), name: part.name, ...times(part.start, part.end ?? end) },
          ...(part.name === 'Bedrock' && { namespace: 'aws' }),
          ...(part.throttle && { throttle: true, error: true }),
        }));
        await send({
          ...{ type: 'subsegment', id: newId(), trace_id: Root, parent_id: Parent },
          ...{ name: log.operation ?? 'request', ...times(start, end) },
          annotations: annotationsOf(log),
          ...outcomeOf(log),
          subsegments,
        });
      },
    };
  };
}

/** `Root=1-...;Parent=...;Sampled=1` */
function fieldsOf(header: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(header.split(';').map((field) => field.split('=', 2)));
}

function notePart(event: AskEvent, parts: Part[], at: number): void {
  const last = parts.at(-1);
  const next = (name: Part['name'], start = at) => {
    if (last) last.end ??= at;
    parts.push({ name, start });
  };
  if (event.type === 'chosen') next('hold');
  else if (event.type === 'admitted') next('Bedrock');
  else if (event.type === 'throttled') {
    if (last) last.throttle = true;
    next('Bedrock', at + event.retryInMs);
  } else if (event.type === 'replied') next('settle');
  else if (event.type === 'settled' && last) last.end = at;
}

function times(start: number, end: number): { readonly start_time: number; readonly end_time: number } {
  return { start_time: start / 1000, end_time: Math.max(start, end) / 1000 };
}

/** What traces can be searched by. X-Ray takes strings, and none of these is a caller's. */
function annotationsOf({ requestId, ...log }: ObservedRequest['log']): Readonly<Record<string, string>> {
  const { door, team, plan, model, code } = log;
  const known = Object.entries({ request_id: requestId, door, team, plan, model, code });
  return Object.fromEntries(known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function outcomeOf({ code }: ObservedRequest['log']): object {
  if (code === undefined) return {};
  const { status } = errorDefinition(code);
  if (status >= 500) return { fault: true };
  return { error: true, ...(status === 429 && { throttle: true }) };
}
