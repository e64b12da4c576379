import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { Outcome } from '../lambda/outcome.ts';
import { Admission } from '../limits/admission.ts';
import type { Api } from '../template/api.ts';
import type { LambdaIntegration, Route } from '../template/routes.ts';
import { partitionOf } from '../template/stack.ts';
import type { ApiKey } from '../template/usage-plans.ts';
import { createGatewayResponder } from './gateway-response.ts';
import { header } from './header-list.ts';
import { proxyEvent, traceId } from './proxy-event.ts';
import { readProxyResult } from './proxy-result.ts';
import { integrationRefusal, type Refusal, refusal } from './refusal.ts';
import type { GatewayRequest } from './request.ts';
import { type RequestContext, requestContext } from './request-context.ts';
import { createRequestValidator, type RequestValidator } from './request-validation.ts';
import type { HttpResponse } from './response.ts';
import { createRouter, type RouteMatch } from './router.ts';

/** Answers one request as the deployed API would. */
export type Pipeline = (request: GatewayRequest) => Promise<HttpResponse>;

/** What is known of a request so far. */
interface Progress {
  match?: RouteMatch;
  apiKey?: ApiKey;
}

/**
 * API Gateway's order: route, API key, throttles and quota, request validation, integration. So a request that fails
 * validation has used its quota.
 *
 * @throws TemplateError for models and gateway responses that cannot work.
 */
export function createPipeline(api: Api, runtimes: ReadonlyMap<string, FunctionRuntime>): Pipeline {
  const route = createRouter(api.routes);
  const admission = new Admission(api);
  const validators = new Map<Route, RequestValidator>(
    api.routes.map((each) => [each, createRequestValidator(each)]),
  );
  const respond = createGatewayResponder(api.gatewayResponses);

  const decide = async (request: GatewayRequest, progress: Progress): Promise<HttpResponse | Refusal> => {
    const path = pathInStage(api, request.path);
    const match = path === undefined ? undefined : route(request.method, path);
    if (match === undefined) {
      return unknownRoute(request);
    }
    progress.match = match;
    const caller = match.route.apiKeyRequired
      ? admission.identify(header(request.headers, 'x-api-key'))
      : undefined;
    if (match.route.apiKeyRequired && caller === undefined) {
      return refusal('INVALID_API_KEY');
    }
    if (caller !== undefined) {
      progress.apiKey = caller.apiKey;
    }
    const decision = admission.decide(caller, match.route, request.receivedAt);
    if (decision !== 'admitted') {
      return refusal(decision === 'throttled' ? 'THROTTLED' : 'QUOTA_EXCEEDED');
    }
    const invalid = validators.get(match.route)?.(request, match);
    if (invalid !== undefined) {
      return invalid;
    }
    return integrate(api, runtimes, request, match, requestContext(api, request, match, progress.apiKey));
  };

  return async (request) => {
    const progress: Progress = {};
    const answer = await decide(request, progress);
    if ('body' in answer) {
      return answer;
    }
    return respond(answer, {
      request,
      context: requestContext(api, request, progress.match, progress.apiKey),
      stageVariables: api.stage.variables,
      match: progress.match,
    });
  };
}

/** The path below the stage, or undefined for a path of another stage. */
function pathInStage(api: Api, path: string): string | undefined {
  const prefix = `/${api.stage.name}`;
  if (path === prefix) {
    return '/';
  }
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

/** API Gateway takes what it does not know for a call of its own, signed API: so no 404. */
function unknownRoute(request: GatewayRequest): Refusal {
  const authorization = header(request.headers, 'authorization');
  if (authorization === undefined) {
    return refusal('MISSING_AUTHENTICATION_TOKEN');
  }
  const part = authorization.split(' ').at(-1);
  return refusal('INVALID_SIGNATURE', {
    message: `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
  });
}

async function integrate(
  api: Api,
  runtimes: ReadonlyMap<string, FunctionRuntime>,
  request: GatewayRequest,
  match: RouteMatch,
  context: RequestContext,
): Promise<HttpResponse | Refusal> {
  const { integration, path } = match.route;
  const { region, account } = api.stack;
  const methodArn = `arn:${partitionOf(region)}:execute-api:${region}:${account}:${api.id}/${api.stage.name}/${request.method}${path}`;
  const runtime = runtimes.get(integration.target.logicalId);
  if (runtime === undefined || !api.mayInvoke(integration.target, methodArn)) {
    return integrationRefusal(500);
  }
  const event = JSON.stringify(proxyEvent(api, request, match, context));
  const outcome = await withinTimeout(runtime.invoke(event, crypto.randomUUID()), integration);
  switch (outcome.kind) {
    case 'returned':
      return proxyAnswer(outcome.payload, request);
    case 'failed':
      return integrationRefusal(502);
    case 'throttled':
      return integrationRefusal(500);
    case 'too-large':
      return refusal('REQUEST_TOO_LARGE');
    case 'timed-out':
      return refusal('INTEGRATION_TIMEOUT');
  }
}

/** The function runs on after the integration's timeout, as on AWS. */
async function withinTimeout(
  call: Promise<Outcome>,
  integration: LambdaIntegration,
): Promise<Outcome | { kind: 'timed-out' }> {
  const { promise: timedOut, resolve } = Promise.withResolvers<{ kind: 'timed-out' }>();
  const timer = setTimeout(() => resolve({ kind: 'timed-out' }), integration.timeoutMs);
  try {
    return await Promise.race([call, timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

function proxyAnswer(payload: string, request: GatewayRequest): HttpResponse | Refusal {
  const result = readProxyResult(payload);
  if (result === undefined) {
    return integrationRefusal(502);
  }
  return {
    ...result,
    headers: [
      ...result.headers,
      ['x-amzn-RequestId', request.id],
      ['x-amz-apigw-id', request.extendedId],
      ['X-Amzn-Trace-Id', traceId(request)],
    ],
  };
}
