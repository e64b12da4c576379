import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import { Admission, type QuotaStore } from '../limits/admission.ts';
import type { ApiKeyRegistry } from '../limits/api-key-registry.ts';
import type { Api } from '../template/api.ts';
import type { FunctionDefinition } from '../template/functions.ts';
import type { Route } from '../template/routes.ts';
import { authorize } from './authorizer.ts';
import { createGatewayResponder } from './gateway-response.ts';
import { type HeaderList, header } from './header-list.ts';
import { apiArn } from './method-arn.ts';
import { integrateMock } from './mock-integration.ts';
import { proxyEvent, traceId } from './proxy-event.ts';
import { integrationRefusal, type Refusal, refusal } from './refusal.ts';
import type { GatewayRequest } from './request.ts';
import { type KnownOfRequest, requestContext } from './request-context.ts';
import { createRequestValidator, type RequestValidator } from './request-validation.ts';
import type { HttpResponse, WholeResponse } from './response.ts';
import { createRouter, type RouteMatch } from './router.ts';
import { stagePath } from './stage-path.ts';
import { integrateStreaming } from './streaming-integration.ts';
import type { Timer } from './timer.ts';

/** Answers one request as the deployed API would. */
export type Pipeline = (request: GatewayRequest) => Promise<HttpResponse>;

/** An answer that API Gateway made itself, in place of a function. */
export interface GatewayAnswer {
  readonly request: Pick<GatewayRequest, 'id' | 'method' | 'path'>;
  readonly response: WholeResponse;
}

export interface PipelineOptions {
  readonly timer: Timer;
  /** Keeps what was used of quotas. Undefined: it is lost. */
  readonly quotas?: QuotaStore | undefined;
  /** Called before such an answer goes out. */
  readonly onGatewayAnswer: (answer: GatewayAnswer) => void;
}

type Progress = { -readonly [Field in keyof KnownOfRequest]: KnownOfRequest[Field] };

/**
 * API Gateway's order: route, resource policy, authorizer, API key, throttles and quota, request validation, integration. So a request
 * that fails validation has used its quota.
 *
 * @throws TemplateError for models and gateway responses that cannot work.
 */
export function createPipeline(
  api: Api,
  registry: ApiKeyRegistry,
  runtimes: ReadonlyMap<string, FunctionRuntime>,
  { timer, quotas, onGatewayAnswer }: PipelineOptions,
): Pipeline {
  const route = createRouter(api.routes);
  const admission = new Admission(api.stage, quotas);
  const validators = new Map<Route, RequestValidator>(
    api.routes.map((each) => [each, createRequestValidator(each)]),
  );
  const respond = createGatewayResponder(api.gatewayResponses);

  const decide = async (request: GatewayRequest, progress: Progress): Promise<HttpResponse | Refusal> => {
    const path = stagePath(api, request);
    const match = path === undefined ? undefined : route(request.method, path);
    if (match === undefined) {
      return unknownRoute(request);
    }
    progress.match = match;
    const { authorizer, apiKeyRequired } = match.route;
    const verdict = request.place === undefined ? 'allowed' : (api.policy?.(request.place) ?? 'allowed');
    // Without an authorizer, a policy has to allow.
    if (verdict === 'denied' || (verdict === 'not mentioned' && authorizer === undefined)) {
      return refusal('ACCESS_DENIED');
    }
    if (authorizer !== undefined) {
      const runtime = runtimes.get(authorizer.target.logicalId);
      const authorization = await authorize(authorizer, runtime, { api, request, match });
      if ('status' in authorization) {
        return authorization;
      }
      progress.authorization = authorization;
    }
    const keyValue =
      api.apiKeySource === 'AUTHORIZER'
        ? progress.authorization?.apiKey
        : header(request.headers, 'x-api-key');
    const caller = apiKeyRequired ? registry.identify(keyValue) : undefined;
    if (apiKeyRequired && caller === undefined) {
      return refusal('INVALID_API_KEY');
    }
    if (caller !== undefined) {
      progress.apiKey = caller.apiKey;
    }
    const decision = admission.decide(caller, match.route, request.receivedAt);
    if (decision !== 'admitted') {
      return refusal(decision === 'throttled' ? 'THROTTLED' : 'QUOTA_EXCEEDED');
    }
    const invalid = validators.get(match.route)?.(request);
    if (invalid !== undefined) {
      return invalid;
    }
    const { integration } = match.route;
    if (!('target' in integration)) {
      const answer = integrateMock(integration, request);
      return { ...answer, headers: [...answer.headers, ...requestIds(request)] };
    }
    const { target, timeoutMs } = integration;
    const runtime = runtimes.get(target.logicalId);
    if (runtime === undefined || !mayInvoke(api, request, { match, target })) {
      return integrationRefusal(500);
    }
    const context = requestContext(api, request, progress);
    const event = JSON.stringify(proxyEvent(api, request, match, context));
    const answer = await integrateStreaming(runtime, event, { timeoutMs, timer });
    return 'body' in answer
      ? { ...answer, headers: [...answer.headers, ...gatewayHeaders(request)] }
      : answer;
  };

  return async (request) => {
    const progress: Progress = {};
    const answer = await decide(request, progress);
    if ('body' in answer) {
      return answer;
    }
    const response = respond(answer, { request, context: requestContext(api, request, progress) });
    onGatewayAnswer({ request, response });
    return response;
  };
}

/** API Gateway takes an unknown path for a call to its own signed API, so this is not a 404. */
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

function mayInvoke(
  api: Api,
  request: GatewayRequest,
  { match, target }: { readonly match: RouteMatch; readonly target: FunctionDefinition },
): boolean {
  return api.mayInvoke(target, `${apiArn(api)}/${api.stage.name}/${request.method}${match.route.path}`);
}

/** The headers that API Gateway adds to a function's. */
function gatewayHeaders(request: GatewayRequest): HeaderList {
  return [...requestIds(request), ['X-Amzn-Trace-Id', traceId(request)]];
}

function requestIds(request: GatewayRequest): HeaderList {
  return [
    ['x-amzn-RequestId', request.id],
    ['x-amz-apigw-id', request.extendedId],
  ];
}
