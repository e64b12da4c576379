import { type RouteName, routes } from '@org/contract';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { ask, chooseModel, type Settled } from './ask.ts';
import type { Caller, Config } from './config.ts';
import { type Deadline, deadlineBefore } from './deadline.ts';
import { failureName } from './failure-name.ts';
import type { KeyDirectory } from './key-directory.ts';
import { exceeds } from './ledger/amounts.ts';
import type { Ledger } from './ledger/ledger.ts';
import { logRequest, type RequestLog, traceOf, type WriteLine } from './log.ts';
import { ProxyError } from './proxy-error.ts';
import { parseBody } from './request-body.ts';
import { answerResponse, errorResponse } from './response.ts';
import type { Upstream } from './upstream.ts';

export interface HandlerOptions {
  readonly config: Config;
  readonly keys: KeyDirectory;
  readonly upstream: Upstream;
  readonly ledger: Ledger;
  readonly write: WriteLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is read of API Gateway's proxy event. The key's value, which is in it too, is not. */
export type ProxyEvent = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'resource' | 'body' | 'isBase64Encoded'
> & {
  /** The console of API Gateway sends null. */
  readonly headers: APIGatewayProxyEvent['headers'] | null;
  readonly requestContext: {
    readonly requestId: string;
    readonly requestTimeEpoch: number;
    readonly identity: { readonly apiKeyId: string | null };
  };
};

export type ProxyHandler = (
  event: ProxyEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<APIGatewayProxyResult>;

/** The buffered function: API Gateway's proxy event in, its proxy result out, and never an exception. */
export function createHandler(options: HandlerOptions): ProxyHandler {
  return async (event, context) => {
    const { requestId } = event.requestContext;
    const started = options.now();
    const log: RequestLog = { requestId };
    const respond = async (): Promise<APIGatewayProxyResult> => {
      try {
        const operation = routeOf(event);
        log.operation = operation;
        const deadline = deadlineBefore(() => context.getRemainingTimeInMillis());
        const invocation = { event, deadline, options, log };
        const caller = await callerOf(invocation);
        Object.assign(log, { keyId: caller.keyId, team: caller.team, plan: caller.plan });
        return await operations[operation](invocation, caller);
      } catch (thrown) {
        const error = thrown instanceof ProxyError ? thrown : new ProxyError({ code: 'internal' });
        if (error !== thrown) log.trace = traceOf(thrown);
        log.code = error.statement.code;
        if (error.failure) log.failure = error.failure;
        return errorResponse(error, requestId);
      }
    };
    const response = await respond();
    log.status = response.statusCode;
    log.totalMs = options.now() - started;
    logRequest(log, options.now(), options.write);
    return response;
  };
}

interface Invocation {
  readonly event: ProxyEvent;
  readonly deadline: Deadline;
  readonly options: HandlerOptions;
  readonly log: RequestLog;
}

type Operation = (invocation: Invocation, caller: Caller) => Promise<APIGatewayProxyResult>;

const operations: Readonly<Record<RouteName, Operation>> = {
  async ask({ event, deadline, options, log }, caller) {
    const { config, upstream, ledger, now } = options;
    const request = parseBody(routes.ask.request, {
      contentType: header(event, 'content-type'),
      body: event.body,
      isBase64Encoded: event.isBase64Encoded,
    });
    const model = chooseModel(request.model, caller, config);
    Object.assign(log, { model: model.alias, modelId: model.modelId });
    const at = event.requestContext.requestTimeEpoch;
    const onSettled = ({ held, charged, settlement }: Settled) => {
      Object.assign(log, { held, charged });
      if (exceeds(charged, held)) log.underestimated = true;
      if (settlement.failure !== undefined) log.settleError = failureName(settlement.failure);
    };
    const timedUpstream: Upstream = async (...call) => {
      const started = now();
      try {
        return await upstream(...call);
      } finally {
        log.upstreamMs = now() - started;
      }
    };
    const context = { caller, model, upstream: timedUpstream, ledger, deadline, at, onSettled };
    const { reply, costUsd, limits } = await ask(request, context);
    const { text, stopReason, usage } = reply;
    Object.assign(log, { stopReason, usage, costUsd });
    const answer = {
      id: log.requestId,
      model: model.alias,
      modelId: model.modelId,
      text,
      stopReason,
      usage: { ...usage, costUsd },
      limits: [...limits],
    };
    return answerResponse(answer, log.requestId);
  },

  async usage({ event, deadline, options, log }, caller) {
    const at = event.requestContext.requestTimeEpoch;
    const limits = await options.ledger.usage(caller.scopes, at, deadline.signal);
    return answerResponse({ limits }, log.requestId);
  },
};

function routeOf({ httpMethod, resource }: ProxyEvent): RouteName {
  for (const [name, { method, path }] of Object.entries(routes)) {
    if (method === httpMethod && path === resource && isRouteName(name)) return name;
  }
  throw new ProxyError({ code: 'unknown_route' });
}

function isRouteName(name: string): name is RouteName {
  return Object.hasOwn(routes, name);
}

/** API Gateway has checked the key; here it gets its meaning. A key that this deployment did not issue has none. */
async function callerOf({ event, deadline, options }: Invocation): Promise<Caller> {
  const { apiKeyId } = event.requestContext.identity;
  const caller = apiKeyId ? await options.keys(apiKeyId, deadline.signal) : undefined;
  if (!caller) throw new ProxyError({ code: 'unauthenticated' });
  return caller;
}

function header({ headers }: ProxyEvent, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
