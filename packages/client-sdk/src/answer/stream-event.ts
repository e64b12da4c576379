import {
  type ErrorEnvelope,
  ErrorEnvelopeSchema,
  type StreamBlockDelta,
  StreamBlockDeltaSchema,
  type StreamBlockEnd,
  StreamBlockEndSchema,
  type StreamBlockStart,
  StreamBlockStartSchema,
  type StreamDelta,
  StreamDeltaSchema,
  type StreamStart,
  StreamStartSchema,
  StreamDoneSchema as WireDoneSchema,
  type StreamDone as WireStreamDone,
} from '@org/contract';
import * as z from 'zod/mini';
import { ContentSchema } from './known-blocks.ts';
import { type Standing, standingFields } from './limit.ts';

/** The last event of a stream: the answer is complete. */
export interface StreamDone<Output = unknown>
  extends Omit<WireStreamDone, keyof Standing | 'output'>,
    Standing {
  /** With an `outputSchema` or a `schema`: the checked answer. */
  output: Output;
}

/** What comes between the first event and the last. */
type StreamPiece = StreamDelta | StreamBlockStart | StreamBlockDelta | StreamBlockEnd;

/**
 * What a stream yields: `start`; any number of `delta` for text, and for each call of a tool and each thought a
 * `block_start`, any number of `block_delta` and a `block_end`; then `done`, which has the whole `content`.
 */
export type StreamEvent<Output = unknown> = StreamStart | StreamPiece | StreamDone<Output>;

const StreamDoneSchema = z.object({
  ...WireDoneSchema.shape,
  content: ContentSchema,
  ...standingFields,
});

/** What the proxy sends: the last event may also be an error. */
export type SentEvent = StreamStart | StreamPiece | z.infer<typeof StreamDoneSchema> | ErrorEnvelope;

/** A newer proxy may add types: their events are skipped. */
export const eventSchemas: Readonly<Record<SentEvent['type'], z.ZodMiniType<SentEvent>>> = {
  start: StreamStartSchema,
  delta: StreamDeltaSchema,
  block_start: StreamBlockStartSchema,
  block_delta: StreamBlockDeltaSchema,
  block_end: StreamBlockEndSchema,
  done: StreamDoneSchema,
  error: ErrorEnvelopeSchema,
};
