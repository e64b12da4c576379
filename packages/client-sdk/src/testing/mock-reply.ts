import {
  type ErrorCode,
  errorDefinition,
  errorEnvelope,
  headers as headerNames,
  type ModelSummary,
  type ErrorDetails as SentDetails,
} from '@org/contract';
import type { LimitPace } from '../answer/usage-report.ts';
import type { SentErrorCode } from '../errors/error-codes.ts';
import type { Operation } from '../http/operation.ts';
import { detailsOf, paramOf } from './error-facts.ts';
import { completeAnswer, type GivenAnswer, piecesSent, requestId } from './mock-answer.ts';

/** A request that came to a mock proxy. */
export interface MockCall {
  /** The method of the client. */
  readonly operation: Operation;
  /** By name, in lower case. The API key is replaced. */
  readonly headers: Readonly<Record<string, string>>;
  /** The fields of a request that has some: of an ask, a stream or an embed. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers one request, as the proxy or something in between would. Ends when the signal is aborted. */
export type MockReply = (call: MockCall, signal: AbortSignal) => Response | Promise<Response>;

export const answerReply =
  (given: GivenAnswer): MockReply =>
  (call) => {
    const answer = completeAnswer(given, call.body);
    if (call.operation !== 'stream') {
      return json(200, answer);
    }
    const { id, model, modelId, text, ...ending } = answer;
    return events([...begun(call, given), { type: 'done', ...ending }]);
  };

/** Vectors as they are given, or the same one for every input of the request. */
export const embeddingsReply =
  (vectors?: readonly (readonly number[])[]): MockReply =>
  ({ body }) => {
    const { id, model, modelId, usage, limits } = completeAnswer('', body);
    const inputs = Array.isArray(body['inputs']) ? body['inputs'] : [];
    return json(200, { id, model, modelId, usage, limits, vectors: vectors ?? inputs.map(() => [0.6, 0.8]) });
  };

/** How a stream goes on after some pieces of text: it ends without its last event, falls silent, or fails. */
export type StreamFault = 'cut' | 'stall' | ErrorCode;

export const brokenStreamReply =
  (pieces: readonly string[], fault: StreamFault): MockReply =>
  (call) => {
    const first = begun(call, pieces);
    if (fault === 'cut') {
      return events(first);
    }
    return fault === 'stall' ? events(first, { open: true }) : events([...first, envelope(fault)]);
  };

export const listReply =
  (models: readonly ModelSummary[]): MockReply =>
  () =>
    json(200, { models });

export const usageReply =
  (limits: readonly LimitPace[]): MockReply =>
  () =>
    json(200, { limits });

/**
 * What an error says in addition to its code.
 *
 * @example
 * ```ts
 * import { createMockClient, createMockProxy } from '@org/bedrock-client/testing';
 *
 * const resetsAt = '2027-01-01T00:00:00Z';
 * const proxy = createMockProxy()
 *   .error('quota_exceeded') // 100 of 100 requests of this day
 *   .error('quota_exceeded', { details: { limit: 'usd', period: 'month', max: 5, used: 5, resetsAt } })
 *   .error('quota_exceeded', { details: null }); // API Gateway's own quota
 * const { error } = await createMockClient(proxy).safeAsk('nova-lite', 'Hi');
 * console.log(error?.code === 'quota_exceeded' && error.max); // 100
 * ```
 */
export interface ErrorOptions<Code extends SentErrorCode = SentErrorCode> {
  /** Default: the message of the proxy. */
  readonly message?: string | undefined;
  /**
   * The details that differ from the default ones; `null` for an error without details. Only the codes in `SentDetails`
   * have details.
   */
  readonly details?: Partial<SentDetails[Code & keyof SentDetails]> | null | undefined;
  /** The field at fault. Default: the one that the proxy names, for the codes that always have one. */
  readonly param?: string | undefined;
  /** Seconds for `retry-after`. Default: 0 for errors that are retried, so that a test does not wait. */
  readonly retryAfter?: number | undefined;
}

export const errorReply =
  (code: ErrorCode, options: ErrorOptions = {}): MockReply =>
  () =>
    errorResponse(code, options);

export function errorResponse(code: ErrorCode, options: ErrorOptions): Response {
  const { status, retryable } = errorDefinition(code);
  const retryAfter = options.retryAfter ?? (retryable ? 0 : undefined);
  return json(status, envelope(code, options), {
    [headerNames.shouldRetry]: String(retryable),
    ...(retryAfter === undefined ? {} : { [headerNames.retryAfter]: String(retryAfter) }),
  });
}

/** An error that API Gateway made itself, in its own words. */
export const gatewayReply =
  (status: number, message: string): MockReply =>
  () =>
    json(status, { message });

export const htmlReply: MockReply = () =>
  new Response('<html><h1>Welcome</h1></html>', { headers: { 'content-type': 'text/html' } });

/** Never answers, until the client gives up. */
export const stalledReply: MockReply = (_, signal) =>
  new Promise((resolve) => {
    // Not a rejection, which msw would print.
    signal.addEventListener('abort', () => resolve(Response.error()));
  });

/** The body breaks off in the middle. */
export const cutReply: MockReply = (call) => {
  const text = JSON.stringify(completeAnswer('A mock answer.', call.body));
  let pulled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulled) {
        controller.error(new TypeError('terminated'));
      } else {
        pulled = true;
        controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
      }
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json' } });
};

function begun({ body }: MockCall, given: GivenAnswer): object[] {
  const { id, model, modelId } = completeAnswer('', body);
  return [{ type: 'start', id, model, modelId }, ...piecesSent(given)];
}

function envelope(code: ErrorCode, { message, ...given }: ErrorOptions = {}): object {
  const details = detailsOf(code, given.details);
  const param = given.param ?? paramOf(code, details);
  const sent = errorEnvelope({ code, message, param }, requestId);
  return { ...sent, error: { ...sent.error, ...(details && { details }) } };
}

function json(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { [headerNames.requestId]: requestId, ...headers } });
}

function events(sent: readonly object[], { open = false } = {}): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const event of sent) {
        const type = 'type' in event ? event.type : '';
        controller.enqueue(encoder.encode(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`));
      }
      if (!open) {
        controller.close();
      }
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      // As servers stream. Without it msw ends the body with the connection, where Node's fetch fails an assertion if
      // its caller has gone.
      'transfer-encoding': 'chunked',
      [headerNames.requestId]: requestId,
    },
  });
}
