import { exceptions } from '../exception.ts';
import type { StreamEnd } from '../fault.ts';
import type { StreamEvent } from '../operation.ts';
import type { Caller } from './caller.ts';
import { eventFrame, exceptionFrame, garbageFrame } from './event-stream.ts';

/** Awaited before each piece of a streamed answer. Pieces are counted from 0 in each stream. */
export type Gate = (index: number) => Promise<void>;

export interface StreamResponse {
  readonly events: readonly StreamEvent[];
  readonly headers: Readonly<Record<string, string>>;
  readonly gate: Gate | undefined;
  /** How and after which event the stream ends too early. Left out: it does not. */
  readonly fault: { readonly after: number | string; readonly end: StreamEnd } | undefined;
}

/** Sends events one by one, until all are sent, a fault ends the stream, or the caller hangs up. */
export async function sendStream(
  caller: Caller,
  { events, headers, gate, fault }: StreamResponse,
): Promise<void> {
  caller.response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-requestid': crypto.randomUUID(),
    ...headers,
  });
  caller.response.flushHeaders();
  let delta = 0;
  for (const { type, payload, isDelta } of events.slice(0, fault && lengthBefore(events, fault.after))) {
    if (isDelta && gate) await Promise.race([gate(delta++), caller.gone]);
    if (caller.response.destroyed) return;
    await caller.write(eventFrame(type, payload));
  }
  if (fault) await endEarly(caller, fault.end);
  else caller.response.end();
}

function lengthBefore(events: readonly StreamEvent[], after: number | string): number {
  if (typeof after === 'number') return after;
  const index = events.findIndex(({ type }) => type === after);
  return index < 0 ? events.length : index + 1;
}

async function endEarly(caller: Caller, end: StreamEnd): Promise<void> {
  switch (end) {
    case 'stall':
      return;
    case 'cut':
      caller.breakOff();
      return;
    case 'garbage':
      await caller.write(garbageFrame());
      break;
    case 'finish':
      break;
    default:
      await caller.write(exceptionFrame(end.exception, end.message ?? exceptions[end.exception][1]));
  }
  caller.response.end();
}
