import { type RouteName, routes } from '@org/contract';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { ask, chooseModel } from './ask.ts';
import type { Caller, Config } from './config.ts';
import { deadlineBefore } from './deadline.ts';
import { logRequest, type RequestLog, traceOf, type WriteLine } from './log.ts';
import { ProxyError } from './proxy-error.ts';
import { parseBody } from './request-body.ts';
import { answerResponse, errorResponse } from './response.ts';
import type { Upstream } from './upstream.ts';

export interface HandlerOptions {
  readonly config: Config;
  readonly upstream: Upstream;
  readonly write: WriteLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is read of API Gateway's proxy event. The key's value, which is in it too, is not. */
export type ProxyEvent = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'resource' | 'headers' | 'body' | 'isBase64Encoded'
> & {
  readonly requestContext: {
    readonly requestId: string;
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
        return await operations[routeOf(event)](event, context, options, log);
      } catch (thrown) {
        const error = thrown instanceof ProxyError ? thrown : new ProxyError({ code: 'internal' });
        if (error !== thrown) log.trace = traceOf(thrown);
        log.code = error.statement.code;
        if (error.upstream) log.upstreamError = error.upstream;
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

type Operation = (
  event: ProxyEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  options: HandlerOptions,
  log: RequestLog,
) => Promise<APIGatewayProxyResult>;

const operations: Readonly<Record<RouteName, Operation>> = {
  async ask(event, context, { config, upstream, now }, log) {
    const caller = callerOf(event, config);
    Object.assign(log, { operation: 'ask', keyId: caller.keyId, team: caller.team, plan: caller.plan });
    const request = parseBody(routes.ask.request, {
      contentType: header(event, 'content-type'),
      body: event.body,
      isBase64Encoded: event.isBase64Encoded,
    });
    const model = chooseModel(request.model, caller, config);
    Object.assign(log, { model: model.alias, modelId: model.modelId });
    const deadline = deadlineBefore(() => context.getRemainingTimeInMillis());
    const asked = now();
    try {
      const { text, stopReason, usage } = await ask(request, model, caller, upstream, deadline);
      Object.assign(log, { stopReason, usage });
      const { alias, modelId } = model;
      return answerResponse({ id: log.requestId, model: alias, modelId, text, stopReason, usage });
    } finally {
      log.upstreamMs = now() - asked;
    }
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
function callerOf(event: ProxyEvent, { callers }: Config): Caller {
  const caller = callers.get(event.requestContext.identity.apiKeyId ?? '');
  if (!caller) throw new ProxyError({ code: 'unauthenticated' });
  return caller;
}

function header({ headers }: ProxyEvent, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
