import type { Answer, RoutesOf } from '@org/contract';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { deadlineBefore } from '../call/deadline.ts';
import type { Caller } from '../config.ts';
import { modelsFor } from '../doors/native/models.ts';
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
import { answerResponse, errorResponse } from './response.ts';

export type ProxyHandler = (
  event: ProxyEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<APIGatewayProxyResult>;

/** The buffered function: API Gateway's proxy event in, its proxy result out, and never an exception. */
export function createHandler(options: HandlerOptions): ProxyHandler {
  return async (sent, context) => {
    const event = received(sent);
    const { requestId } = event.requestContext;
    const started = options.now();
    const log: RequestLog = { requestId };
    const respond = async (): Promise<APIGatewayProxyResult> => {
      try {
        const operation = routeOf(event, operations);
        log.operation = operation;
        using deadline = deadlineBefore(() => context.getRemainingTimeInMillis());
        const invocation = { event, deadline, options, log };
        return await operations[operation](invocation, await callerOf(invocation));
      } catch (thrown) {
        return errorResponse(errorOf(thrown, log), requestId);
      }
    };
    const response = await respond();
    log.status = response.statusCode;
    log.totalMs = options.now() - started;
    logRequest(log, options);
    return { ...response, headers: { ...response.headers, ...headersFor(event, options) } };
  };
}

type Operation = (invocation: Invocation, caller: Caller) => Promise<APIGatewayProxyResult>;

const operations: Readonly<Record<RoutesOf<'buffered'>, Operation>> = {
  async ask(invocation, caller) {
    const { upstream } = invocation.options;
    const { requestId } = invocation.log;
    const { model, reply, output, costUsd, limits } = await answerQuestion(invocation, caller, {
      transfer: 'buffered',
      callModel: ({ definition }, call, deadline) => upstream.ask(definition, call, deadline),
    });
    const { text, stopReason, usage } = reply;
    const answer = {
      id: requestId,
      model: model.alias,
      modelId: model.modelId,
      text,
      output,
      stopReason,
      usage: { ...usage, costUsd },
      limits: [...limits],
    } satisfies Required<Answer>;
    return answerResponse(answer, requestId);
  },

  async models({ options, log }, caller) {
    return answerResponse({ models: modelsFor(caller, options.config) }, log.requestId);
  },

  async usage({ event, deadline, options, log }, caller) {
    const at = event.requestContext.requestTimeEpoch;
    const limits = await options.ledger.usage(caller.scopes, at, deadline.signal);
    return answerResponse({ limits }, log.requestId);
  },
};
