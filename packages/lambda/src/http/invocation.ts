import { type AskRequest, type RouteName, routes } from '@org/contract';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type AskContext, type Asked, ask, chooseModel, type Settled } from '../call/ask.ts';
import type { Deadline } from '../call/deadline.ts';
import type { Caller, Config, OfferedModel } from '../config.ts';
import { failureName } from '../failure-name.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';
import { exceeds } from '../ledger/amounts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type RequestLog, traceOf, type WriteLine } from '../log/log.ts';
import { ProxyError } from '../proxy-error.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { corsHeaders } from './cors.ts';
import { receivedEvent } from './received-event.ts';
import { parseBody } from './request-body.ts';

/** What both functions are made of. */
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

const forNoRoute: ProxyEvent = {
  httpMethod: '',
  resource: '',
  headers: null,
  body: null,
  isBase64Encoded: false,
  requestContext: { requestId: '', requestTimeEpoch: 0, identity: { apiKeyId: null } },
};

/** An event of API Gateway's, or one for no route. */
export function received(event: ProxyEvent): ProxyEvent {
  return receivedEvent(event, forNoRoute);
}

/** One request on its way through a function. */
export interface Invocation {
  readonly event: ProxyEvent;
  readonly deadline: Deadline;
  readonly options: HandlerOptions;
  readonly log: RequestLog;
}

/** The route that a request is for, of those that a function has operations for. */
export function routeOf<Name extends RouteName>(
  { httpMethod, resource }: ProxyEvent,
  operations: { readonly [Answered in Name]: unknown },
): Name {
  for (const name in operations) {
    const { method, path } = routes[name];
    if (method === httpMethod && path === resource) return name;
  }
  throw new ProxyError({ code: 'unknown_route' });
}

/** API Gateway has checked the key; here it gets its meaning. A key that this deployment did not issue has none. */
export async function callerOf({ event, deadline, options, log }: Invocation): Promise<Caller> {
  const { identity, requestTimeEpoch } = event.requestContext;
  const caller = identity.apiKeyId
    ? await options.keys(identity.apiKeyId, deadline.signal, requestTimeEpoch)
    : undefined;
  if (!caller) throw new ProxyError({ code: 'unauthenticated' });
  Object.assign(log, {
    keyId: caller.keyId,
    team: caller.team,
    plan: caller.plan,
  } satisfies Partial<RequestLog>);
  return caller;
}

/** How a model is called, and how its answer goes out. */
export type Way = Pick<AskContext, 'callModel' | 'transfer'>;

/** Reads a question, asks it, and notes what became of it. */
export async function answerQuestion(
  { event, deadline, options, log }: Invocation,
  caller: Caller,
  { callModel, transfer }: Way,
): Promise<Asked & { readonly model: OfferedModel }> {
  const request: AskRequest = parseBody(routes.ask.request, {
    contentType: header(event, 'content-type'),
    body: event.body,
    isBase64Encoded: event.isBase64Encoded,
  });
  const { config, ledger, now } = options;
  const model = chooseModel(request.model, caller, config);
  Object.assign(log, { model: model.alias, modelId: model.modelId } satisfies Partial<RequestLog>);
  const asked = await ask(request, {
    caller,
    model,
    transfer,
    ledger,
    deadline,
    at: event.requestContext.requestTimeEpoch,
    async callModel(...call) {
      const started = now();
      try {
        return await callModel(...call);
      } finally {
        log.upstreamMs = now() - started;
      }
    },
    onSettled: (settled) => noteSettled(settled, log),
  });
  return { ...asked, model };
}

function noteSettled({ held, charged, settlement, reply, costUsd }: Settled, log: RequestLog): void {
  Object.assign(log, { held, charged } satisfies Partial<RequestLog>);
  if (reply) {
    const { stopReason, usage } = reply;
    Object.assign(log, { stopReason, usage, costUsd } satisfies Partial<RequestLog>);
  }
  if (settlement.nearlyReached.length > 0) log.limitsNearlyReached = settlement.nearlyReached;
  if (exceeds(charged, held)) log.underestimated = true;
  if (settlement.failure !== undefined) log.settleError = failureName(settlement.failure);
}

/** What the caller is told of a failure, after it was noted. */
export function errorOf(thrown: unknown, log: RequestLog): ProxyError {
  const error = thrown instanceof ProxyError ? thrown : new ProxyError({ code: 'internal' });
  if (error !== thrown) log.trace = traceOf(thrown);
  log.code = error.statement.code;
  if (error.failure) log.failure = error.failure;
  if (error.hasCode('quota_exceeded') || error.hasCode('exceeds_limit')) {
    log.refusedBy = error.statement.details;
  }
  return error;
}

/** The headers that go with whatever is answered. */
export function headersFor(
  event: ProxyEvent,
  { config }: Pick<HandlerOptions, 'config'>,
): Record<string, string> {
  return corsHeaders(config.corsOrigins, header(event, 'origin'));
}

function header({ headers }: ProxyEvent, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
