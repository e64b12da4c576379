import {
  type ErrorEnvelope,
  ErrorEnvelopeSchema,
  type StreamDelta,
  StreamDeltaSchema,
  type StreamStart,
  StreamStartSchema,
  StreamDoneSchema as WireDoneSchema,
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

const StreamDoneSchema = z.object({ ...WireDoneSchema.shape, limits: LimitsSchema });

/** What the proxy sends: the last event may also be an error. */
export type SentEvent = StreamStart | StreamDelta | z.infer<typeof StreamDoneSchema> | ErrorEnvelope;

/** A newer proxy may add types: their events are skipped. */
export const eventSchemas: Readonly<Record<SentEvent['type'], z.ZodMiniType<SentEvent>>> = {
  start: StreamStartSchema,
  delta: StreamDeltaSchema,
  done: StreamDoneSchema,
  error: ErrorEnvelopeSchema,
};
