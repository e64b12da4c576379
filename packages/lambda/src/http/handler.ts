import { doorOf, type RouteName, routeNames, routes } from '@org/contract';
import { type Deadline, deadlineBefore, longestWholeMs } from '../call/deadline.ts';
import { callerScopes } from '../call/scopes.ts';
import type { Caller } from '../config.ts';
import { countTokensDoor, messagesDoor } from '../doors/anthropic/anthropic.ts';
import { listedModelFor, listedModelsFor } from '../doors/listed-models.ts';
import { embeddingsDoor as nativeEmbeddingsDoor } from '../doors/native/embeddings.ts';
import { modelsFor } from '../doors/native/models.ts';
import { nativeDoor } from '../doors/native/native.ts';
import { chatCompletionsDoor } from '../doors/openai/chat/chat.ts';
import { embeddingsDoor } from '../doors/openai/embeddings/embeddings.ts';
import { responsesDoor } from '../doors/openai/responses/responses.ts';
import { dateOf, momentOf } from '../ledger/moment.ts';
import { clientNameOf } from '../log/client-name.ts';
import { logRequest } from '../log/log.ts';
import { noteFailure, type RequestLog } from '../log/request-log.ts';
import { ProxyError } from '../proxy-error.ts';
import { asking } from './asking.ts';
import { corsHeaders } from './cors.ts';
import { counting } from './counting.ts';
import type { Handler, HandlerOptions, Invocation, Operation } from './invocation.ts';
import { header, type ProxyEvent, pathParameter, receivedEvent } from './received-event.ts';
import { answerResponse, errorResponse } from './response.ts';
import { ResponseWriter } from './response-writer.ts';

const operations: Readonly<Record<RouteName, Operation>> = {
  ask: asking(nativeDoor({ whole: true })),
  stream: asking(nativeDoor({ whole: false })),
  embed: asking(nativeEmbeddingsDoor),
  chatCompletions: asking(chatCompletionsDoor),
  embeddings: asking(embeddingsDoor),
  responses: asking(responsesDoor),
  messages: asking(messagesDoor),
  countTokens: counting(countTokensDoor),

  async models({ options, response, log }, caller) {
    response.respond(answerResponse({ models: modelsFor(caller, options.config) }, log.requestId));
  },

  async v1Models({ options, response, log }, caller) {
    response.respond(answerResponse(listedModelsFor(caller, options.config), log.requestId));
  },
  async v1Model({ event, options, response, log }, caller) {
    const name = pathParameter(event, 'model') ?? '';
    response.respond(answerResponse(listedModelFor(name, caller, options.config), log.requestId));
  },
  async usage({ event, options, response, log }, caller, deadline) {
    const at = event.requestContext.requestTimeEpoch;
    const report = await options.ledger.usage(await callerScopes(caller), at, deadline.signal);
    // A limit of one model says nothing about calls of the others.
    const limits = report.limits.filter(({ scope }) => scope !== 'model');
    response.respond(answerResponse(report, log.requestId, { limits }));
  },
};

/**
 * Milliseconds for the reports on a request, and before the function's timeout. While they wait, the instance takes no other
 * call: if what they report to is slow, that must not use up the account's concurrency.
 */
const reportMs = { most: 3000, margin: 100 };

/**
 * The function: API Gateway's proxy event in, a response out, and never an exception. A failure before a stream has
 * begun is an HTTP error. After that the status is already sent, and the stream reports the failure.
 */
export function createHandler(options: HandlerOptions): Handler {
  return async (sent, stream, context) => {
    const event = receivedEvent(sent, forNoRoute);
    const { requestId, requestTimeEpoch } = event.requestContext;
    const started = options.now();
    const log: RequestLog = { requestId };
    const observed = { log, at: requestTimeEpoch };
    const observers = (options.observers ?? []).flatMap((observe) => observe(observed) ?? []);
    using deadline = deadlineBefore(() => context.getRemainingTimeInMillis(), longestWholeMs);
    const cors = corsHeaders(options.config.corsOrigins, header(event, 'origin'));
    const response = new ResponseWriter({
      open: ({ statusCode, headers }) =>
        options.openResponse(stream, { statusCode, headers: { ...headers, ...cors } }),
      signal: deadline.signal,
    });
    log.status = 200;
    log.client = clientNameOf((name) => header(event, name));
    try {
      const name = routeOf(event);
      log.operation = name;
      log.door = doorOf(routes[name]);
      const invocation = { event, context, options, response, log, observers, started };
      await operations[name](invocation, await authenticate(invocation, deadline), deadline);
    } catch (thrown) {
      const refusal = errorResponse(noteFailure(thrown, log), requestId);
      log.status = refusal.statusCode;
      response.respond(refusal);
    }
    if (response.callerGone) log.callerGone = true;
    log.totalMs = options.now() - started;
    // First of all: what comes after the end of a response is lost if the function is killed.
    logRequest(log, options);
    await response.end();
    if (observers.length === 0) return;
    const leftMs = Math.max(0, context.getRemainingTimeInMillis() - reportMs.margin);
    const signal = AbortSignal.timeout(Math.min(reportMs.most, leftMs));
    // The caller has its answer, whatever becomes of them.
    await Promise.allSettled(observers.map((observer) => observer.report(signal)));
  };
}

const forNoRoute: ProxyEvent = {
  httpMethod: '',
  resource: '',
  headers: null,
  body: null,
  isBase64Encoded: false,
  requestContext: { requestId: '', requestTimeEpoch: 0, identity: { apiKeyId: null } },
};

function routeOf({ httpMethod, resource }: ProxyEvent): RouteName {
  const found = routeNames.find((name) => {
    const { method, path } = routes[name];
    return method === httpMethod && path === resource;
  });
  if (!found) throw new ProxyError({ code: 'unknown_route' });
  return found;
}

/** Finds the caller of a key that API Gateway has checked. A key that this deployment did not issue has no caller. */
async function authenticate({ event, options, log }: Invocation, deadline: Deadline): Promise<Caller> {
  const { identity, requestTimeEpoch, authorizer } = event.requestContext;
  log.day = dateOf(momentOf(requestTimeEpoch, options.config.timeZone));
  const caller = identity.apiKeyId
    ? await options.keys(identity.apiKeyId, deadline.signal, requestTimeEpoch)
    : undefined;
  if (!caller) throw new ProxyError({ code: 'unauthenticated' });
  log.keyId = caller.keyId;
  log.keyName = caller.keyName;
  log.team = caller.team;
  log.plan = caller.plan;
  const person = authorizer?.person;
  log.person = person;
  return { ...caller, person };
}
