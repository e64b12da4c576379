import * as z from 'zod/mini';
import { Usage } from './ask.ts';
import { ErrorEnvelope } from './errors.ts';
import type { Fields } from './fields.ts';
import { LimitStatus } from './limits.ts';

/** The first event of a stream: the model has begun to answer. */
export interface StreamStart {
  /** Name of the event. */
  type: 'start';
  /** The request id. */
  id: string;
  /** The alias that was asked. */
  model: string;
  /** The Bedrock model or inference profile that answers. */
  modelId: string;
}

/** The next piece of the answer's text. */
export interface StreamDelta {
  /** Name of the event. */
  type: 'delta';
  /** To be appended to what came before; with an `outputSchema`, a piece of its JSON. */
  text: string;
}

/** The end of a whole answer. */
export interface StreamDone {
  /** Name of the event. */
  type: 'done';
  /** Why the model stopped, as in `Answer`. */
  stopReason: string;
  /** With an `outputSchema`: the answer, which was checked against it. */
  output?: unknown;
  /** What it took. */
  usage: Usage;
  /** Every limit that this call counted against, as it stands after the call. */
  limits: LimitStatus[];
}

/**
 * What `POST /bedrock/stream` answers with, as server-sent events whose names are their types: `start`, any number of
 * `delta`, then exactly one of `done` and `error`. A stream that ends without one of these two has failed. Comments
 * (lines that start with a colon) keep the connection alive.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export type StreamEvent = StreamStart | StreamDelta | StreamDone | ErrorEnvelope;

/** Tolerant: fields that a newer server adds are dropped; readers skip events of types that they do not know. */
export const StreamEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    id: z.string(),
    model: z.string(),
    modelId: z.string(),
  } satisfies Fields<StreamStart>),
  z.object({ type: z.literal('delta'), text: z.string() } satisfies Fields<StreamDelta>),
  z.object({
    type: z.literal('done'),
    stopReason: z.string(),
    output: z.optional(z.unknown()),
    usage: Usage,
    limits: z.array(LimitStatus),
  } satisfies Fields<StreamDone>),
  ErrorEnvelope,
]) satisfies z.ZodMiniType<StreamEvent>;

/** Milliseconds between the bytes of a stream, at the most: where the model is silent for longer, a comment is sent. */
export const streamHeartbeatMs = 15_000;
