import type { Writable } from 'node:stream';
import { errorEnvelope, type RoutesOf, type StreamDone, streamHeartbeatMs } from '@org/contract';
import type { Context } from 'aws-lambda';
import { deadlineBefore } from '../call/deadline.ts';
import { logRequest, type RequestLog } from '../log/log.ts';
import {
  answerQuestion,
  callerOf,
  errorOf,
  type HandlerOptions,
  headersFor,
  type Invocation,
  type ProxyEvent,
  received,
  routeOf,
} from './invocation.ts';
import { errorResponse } from './response.ts';
import { type ResponseHead, StreamedResponse } from './streamed-response.ts';

export interface StreamHandlerOptions extends HandlerOptions {
  /** Writes the head of a response to the runtime's stream, and returns the stream of its body. */
  readonly openResponse: (stream: Writable, head: ResponseHead) => Writable;
}

export type ProxyStreamHandler = (
  event: ProxyEvent,
  stream: Writable,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/** A little less than what is promised, for a timer can be late. */
const heartbeatMs = streamHeartbeatMs - 5000;

/**
 * The streaming function. What goes wrong before the first event is an HTTP error like any other; from then on the
 * status is sent, and it is an `error` event.
 */
export function createStreamHandler(options: StreamHandlerOptions): ProxyStreamHandler {
  return async (sent, stream, context) => {
    const event = received(sent);
    const { requestId } = event.requestContext;
    const started = options.now();
    const log: RequestLog = { requestId };
    using deadline = deadlineBefore(() => context.getRemainingTimeInMillis());
    const response = new StreamedResponse({
      open: ({ statusCode, headers }) =>
        options.openResponse(stream, { statusCode, headers: { ...headers, ...headersFor(event, options) } }),
      requestId,
      heartbeatMs,
      signal: deadline.signal,
    });
    try {
      const operation = routeOf(event, operations);
      log.operation = operation;
      await operations[operation]({ event, deadline, options, log }, response, started);
      log.status = 200;
    } catch (thrown) {
      const error = errorOf(thrown, log);
      if (response.started) {
        log.status = 200;
        await response.send(errorEnvelope(error.statement, requestId));
      } else {
        const refusal = errorResponse(error, requestId);
        log.status = refusal.statusCode;
        response.refuse(refusal);
      }
    }
    if (response.callerGone) log.callerGone = true;
    log.totalMs = options.now() - started;
    // The runtime may freeze the function as soon as the response has ended.
    logRequest(log, options);
    await response.end();
  };
}

type Operation = (invocation: Invocation, response: StreamedResponse, started: number) => Promise<void>;

const operations: Readonly<Record<RoutesOf<'stream'>, Operation>> = { stream: streamAnswer };

async function streamAnswer(
  invocation: Invocation,
  response: StreamedResponse,
  started: number,
): Promise<void> {
  const { options, log } = invocation;
  const caller = await callerOf(invocation);
  const { reply, output, costUsd, limits } = await answerQuestion(invocation, caller, {
    transfer: 'stream',
    callModel({ alias, definition, modelId }, call, deadline) {
      response.begin({ type: 'start', id: log.requestId, model: alias, modelId });
      return options.upstream.stream(definition, call, deadline, async (text) => {
        log.firstDeltaMs ??= options.now() - started;
        log.deltas = (log.deltas ?? 0) + 1;
        await response.send({ type: 'delta', text });
      });
    },
  });
  const { stopReason, usage } = reply;
  await response.send({
    type: 'done',
    stopReason,
    output,
    usage: { ...usage, costUsd },
    limits: [...limits],
  } satisfies Required<StreamDone>);
}
