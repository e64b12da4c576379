import {
  ErrorEnvelopeSchema,
  type StreamDelta,
  StreamDeltaSchema,
  StreamDoneSchema,
  type StreamStart,
  StreamStartSchema,
  type StreamDone as WireStreamDone,
} from '@org/contract';
import * as z from 'zod/mini';
import { type Limit, LimitsSchema } from './limit.ts';

/** The last event of a stream: the answer is complete. */
export interface StreamDone<Output = unknown> extends Omit<WireStreamDone, 'limits' | 'output'> {
  /** With an `outputSchema` or a `schema`: the checked answer. */
  output: Output;
  /** Every limit that this call counted against, as it is after the call; empty if there is none. */
  limits: Limit[];
}

/** What a stream yields: `start`, any number of `delta`, then `done`. */
export type StreamEvent<Output = unknown> = StreamStart | StreamDelta | StreamDone<Output>;

/** Reads what the proxy sends: the last event may also be an error. */
export const EventSchema = z.discriminatedUnion('type', [
  StreamStartSchema,
  StreamDeltaSchema,
  z.object({ ...StreamDoneSchema.shape, limits: LimitsSchema }),
  ErrorEnvelopeSchema,
]);

export type SentEvent = z.infer<typeof EventSchema>;

const eventTypes: Readonly<Record<SentEvent['type'], true>> = {
  start: true,
  delta: true,
  done: true,
  error: true,
};

/** Whether an event is of a type that this version knows. A newer proxy may add some. */
export function isEventType(type: string): boolean {
  return Object.hasOwn(eventTypes, type);
}
