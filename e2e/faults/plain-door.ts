import { ErrorEnvelopeSchema, headers, isErrorCode } from '@org/contract';
import * as z from 'zod/mini';
import type { DoorCall, Failure, FaultDoor } from './fault-door.ts';

/** An API that is called as curl would, so that every byte of the response can be checked. */
interface PlainApi extends Omit<FaultDoor, 'ask' | 'hasClasses'> {
  readonly path: string;
  /** The request's body, without the field `stream`. */
  readonly body: object;
  /** Schema of a complete answer. */
  readonly answer: z.ZodMiniType;
  /** Schema of an event with a piece of an answer. */
  readonly piece: z.ZodMiniType;
  /** The events that end a stream, by type, and what each says about it. */
  readonly ends: Readonly<Record<string, 'answered' | 'failed'>>;
}

export function plainDoor(api: PlainApi): FaultDoor {
  return {
    ...api,
    hasClasses: false,
    async ask(call) {
      const first = await attempt(api, call);
      if (!first?.again) return first;
      call.onRetry?.(first);
      return attempt(api, call);
    },
  };
}

type FailedAttempt = Failure & { readonly again: boolean };

async function attempt(api: PlainApi, call: DoorCall): Promise<FailedAttempt | undefined> {
  const { url, transfer, key, signal, outOfTime } = call;
  const time = new AbortController();
  const apiKey = await key();
  if (outOfTime === 'before') setTimeout(() => time.abort(), 1500);
  const onPiece = () => {
    if (outOfTime === 'midStream') time.abort();
    call.onPiece?.();
  };
  let answered = false;
  try {
    const response = await fetch(`${url}${api.path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...api.body, stream: transfer === 'stream' }),
      signal: AbortSignal.any([time.signal, ...(signal ? [signal] : [])]),
    });
    answered = true;
    if (!response.ok) {
      return {
        ...failureOf(await response.json()),
        again: response.headers.get(headers.shouldRetry) === 'true',
      };
    }
    if (transfer === 'whole') {
      z.parse(api.answer, await response.json());
      return undefined;
    }
    const failure = failureAtEnd(await readStream(response, api, onPiece), api);
    return failure && { ...failure, again: false };
  } catch (thrown) {
    if (signal?.aborted) return { code: 'aborted', again: false };
    if (time.signal.aborted) return { code: 'timeout', again: false };
    // fetch reports a failed connection as a TypeError.
    if (!(thrown instanceof TypeError)) throw thrown;
    return { code: answered ? 'stream_interrupted' : 'connection_failed', again: false };
  }
}

function failureOf(body: unknown): Failure {
  const { code } = ErrorEnvelopeSchema.parse(body).error;
  if (!isErrorCode(code)) throw new Error(`The contract has no code ${code}.`);
  return { code };
}

/** All events of a stream, parsed. */
async function readStream(response: Response, { piece }: PlainApi, onPiece: () => void): Promise<unknown[]> {
  const events: unknown[] = [];
  let text = '';
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (text + part).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith(':')) continue;
      const [, data = ''] = /^(?:event: [\w.]+\n)?data: ([^\n]+)$/.exec(block) ?? [];
      const event: unknown = data === '[DONE]' ? { type: data } : JSON.parse(data);
      events.push(event);
      if (z.safeParse(piece, event).success) onPiece();
    }
  }
  if (text !== '') throw new Error(`The stream ends within an event: ${text}`);
  return events;
}

const Typed = z.object({ type: z.string() });

/** A stream has one end, which is its last event. The end reports a failure if and only if there is one error. */
function failureAtEnd(events: readonly unknown[], { ends }: PlainApi): Failure | undefined {
  const types = events.map((event) => z.safeParse(Typed, event).data?.type ?? '');
  const found = types.filter((type) => ends[type] !== undefined);
  const errors = events.filter((_, index) => types[index] === 'error').map(failureOf);
  if (found.length === 0 && errors.length === 0) return { code: 'stream_interrupted' };
  const end = ends[types.at(-1) ?? ''];
  if (found.length !== 1 || errors.length !== (end === 'failed' ? 1 : 0) || end === undefined) {
    throw new Error(`The stream does not have exactly one valid end: ${types.join(', ')}`);
  }
  return errors[0];
}
