import {
  AnswerSchema,
  type AskRequest,
  type ErrorEnvelope,
  ErrorEnvelopeSchema,
  headers,
  parseJson,
  routes,
  StreamEventSchema,
} from '@org/contract';
import { aliasOf, capabilitiesOf, definitionOf } from '@org/models';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { valueOfKey } from '../keys/key-to-call.ts';
import type { LoggedRequest } from '../requests/logged-request.ts';
import { untilLogged } from '../requests/until-logged.ts';

export interface AskOptions {
  /** The name of the key that the call is made with, and charged to. */
  readonly key: string;
  readonly request: AskRequest;
  /** Whether the answer comes while it is written. Default: if the model can. */
  readonly stream?: boolean | undefined;
  /** Hangs up. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What happens, in this order: the events of the native API's stream, also for an answer that comes whole, up to one `done`
 * or `error`; `ended`; and `accounted`.
 */
export type AskEvent =
  | z.output<typeof StreamEventSchema>
  | {
      readonly type: 'ended';
      /** HTTP status. */
      readonly status: number;
      /** Undefined if the answer had none. */
      readonly requestId: string | undefined;
      /** Milliseconds from the request to the end of the answer, seen from here. */
      readonly ms: number;
      /** Milliseconds until the first piece of text. Undefined if there was none. */
      readonly firstTextMs: number | undefined;
    }
  | {
      readonly type: 'accounted';
      /**
       * The function's log line, with what was held and charged. Undefined if API Gateway refused the call, so that it cost nothing,
       * or the log does not have it yet: then look the id up later.
       */
      readonly logged: LoggedRequest | undefined;
    };

/**
 * Asks a model as the holder of a key does: through the deployment's own API, within the key's limits, and charged to it. The
 * operator's rights read the value of the key; it is in no event and no error.
 *
 * @throws {AdminError} If the key does not work, or the answer cannot be read. A refusal by the API is an event.
 * @example
 * const request = { model: 'nova-lite', question: 'What is a dystopia?' };
 * for await (const event of askAsKey(deployment, { key: 'acme-app', request })) {
 *   if (event.type === 'delta') process.stdout.write(event.text);
 * }
 */
export async function* askAsKey(deployment: Deployment, options: AskOptions): AsyncGenerator<AskEvent, void> {
  const { config, endpoint, now } = deployment;
  const { key, request, signal, stream = canStream(config.models, request.model) } = options;
  const value = await valueOfKey(deployment, key);
  const since = now();
  const began = performance.now();
  const { path } = stream ? routes.stream : routes.ask;
  const response = await fetch(`${endpoint.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: { [headers.apiKey]: value, 'content-type': 'application/json' },
    body: JSON.stringify(request),
    redirect: 'error',
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted || !(error instanceof Error)) throw error;
    // The cause says why. Without one, the message may have the value of a header in it, and so the key.
    throw error.cause instanceof Error ? error.cause : new Error('The request cannot be sent.');
  });
  const requestId = response.headers.get(headers.requestId) ?? undefined;
  let firstTextMs: number | undefined;
  let refusal: ErrorEnvelope | undefined;
  const events = response.ok && stream ? streamed(response) : whole(response);
  for await (const event of events) {
    if (event.type === 'delta') firstTextMs ??= performance.now() - began;
    if (event.type === 'error') refusal = event;
    yield event;
  }
  const { status } = response;
  yield { type: 'ended', status, requestId, ms: performance.now() - began, firstTextMs };
  const isLogged = requestId !== undefined && !(refusal && isOfGateway(refusal));
  yield {
    type: 'accounted',
    logged: isLogged ? await untilLogged(deployment, requestId, { since, signal }) : undefined,
  };
}

function canStream(models: Deployment['config']['models'], alias: string): boolean {
  const model = models.find((each) => aliasOf(each) === alias);
  const definition = model && definitionOf(model);
  return !definition || capabilitiesOf(definition).includes('stream');
}

type AnswerEvent = z.output<typeof StreamEventSchema>;

async function* streamed(response: Response): AsyncGenerator<AnswerEvent> {
  let rest = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const frames = (rest + text).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const [, data] = /^data: (.*)$/m.exec(frame) ?? [];
      // A comment, which keeps the connection alive.
      if (data === undefined) continue;
      const event = z.safeParse(StreamEventSchema, parseJson(data)).data;
      if (!event) continue;
      yield event;
      if (event.type === 'done' || event.type === 'error') return;
    }
  }
  throw new AdminError('answer_broke_off', {});
}

async function* whole(response: Response): AsyncGenerator<AnswerEvent> {
  const body = parseJson(await response.text());
  const answer = z.safeParse(AnswerSchema, body).data;
  const refusal = z.safeParse(ErrorEnvelopeSchema, body).data;
  if (refusal) yield refusal;
  else if (response.ok && answer) {
    const { id, model, modelId, text, ...rest } = answer;
    yield { type: 'start', id, model, modelId };
    if (text !== '') yield { type: 'delta', text };
    yield { type: 'done', ...rest };
  } else throw new AdminError('answer_is_unreadable', { status: response.status });
}

/** Whether the call did not come to the function. Its own refusals by a limit say which one. */
function isOfGateway({ error: { code, details } }: ErrorEnvelope): boolean {
  if (code === 'unauthenticated' || code === 'access_denied') return true;
  return (code === 'quota_exceeded' || code === 'rate_limited') && details === undefined;
}
