import type { ErrorEnvelope } from '@org/contract';
import { readErrorEnvelope } from '../errors/error-envelope.ts';
import { field } from '../options/duck-typing.ts';
import { ending, type Usage } from './answer.ts';
import type { Limit } from './limit.ts';
import { literal, object, type Reader, text } from './shape.ts';

/** The first event of a stream: the model has begun to answer. */
export interface StreamStart {
  /** What this event is. */
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
  /** What this event is. */
  type: 'delta';
  /** What the model wrote since the last one; with an `outputSchema` or a `schema`, a piece of its JSON. */
  text: string;
}

/** The last event of a stream: the answer is whole. */
export interface StreamDone<Output = unknown> {
  /** What this event is. */
  type: 'done';
  /** Why the model stopped, as in `Answer`. */
  stopReason: string;
  /** With an `outputSchema` or a `schema`: the answer, which was checked against it. */
  output: Output;
  /** What Bedrock counted for the attempt that was answered. */
  usage: Usage;
  /** Every limit that this call counted against, as it stands after the call; empty where there is none. */
  limits: Limit[];
}

/** What a stream yields: `start`, any number of `delta`, then `done`. */
export type StreamEvent<Output = unknown> = StreamStart | StreamDelta | StreamDone<Output>;

/** What the proxy sends: the same, but the last event may be an error. */
export type SentEvent = StreamEvent | ErrorEnvelope;

const readers: Readonly<Record<string, Reader<SentEvent>>> = {
  start: object<StreamStart>({ type: literal('start'), id: text, model: text, modelId: text }),
  delta: object<StreamDelta>({ type: literal('delta'), text }),
  done: object<StreamDone>({ type: literal('done'), ...ending }),
  error: readErrorEnvelope,
};

/** Reads an event; `undefined` for one of a type that a newer proxy has added. */
export const readStreamEvent: Reader<SentEvent | undefined> = (value, path) => {
  const type = text(field(value, 'type'), 'type');
  return Object.hasOwn(readers, type) ? readers[type]?.(value, path) : undefined;
};
