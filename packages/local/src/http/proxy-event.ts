import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Api } from '../template/api.ts';
import type { HeaderList } from './header-list.ts';
import type { GatewayRequest } from './request.ts';
import type { RequestContext } from './request-context.ts';
import type { RouteMatch } from './router.ts';
import { isByDomain, stagePath } from './stage-path.ts';

/** Headers that API Gateway does not pass on. Others reach the function, including `x-api-key`. */
const droppedHeaders = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
]);

/** Spelled by API Gateway; every other name arrives as the caller spelled it. */
const spelling = new Map([
  ['authorization', 'Authorization'],
  ['user-agent', 'User-Agent'],
]);

/**
 * The event of a Lambda proxy integration of a REST API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
export function proxyEvent(
  api: Api,
  request: GatewayRequest,
  match: RouteMatch,
  context: RequestContext,
): APIGatewayProxyEvent {
  const headers = multiValue(forwardedHeaders(request), (name) => name.toLowerCase());
  const query = multiValue([...request.query], (name) => name);
  return {
    resource: match.route.path,
    // With a domain's base path, and without the stage.
    path: isByDomain(api, request) ? request.path : (stagePath(api, request) ?? '/'),
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastValues(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(match.pathParameters),
    stageVariables: null,
    requestContext: context,
    body: request.body === '' ? null : request.body,
    isBase64Encoded: false,
  };
}

/** A request's `X-Amzn-Trace-Id`, made from its id and time. */
export function traceId(request: GatewayRequest): string {
  const seconds = Math.floor(request.receivedAt / 1000).toString(16);
  const unique = request.id.replaceAll('-', '').slice(0, 24);
  return `Root=1-${seconds.padStart(8, '0')}-${unique}`;
}

function forwardedHeaders(request: GatewayRequest): HeaderList {
  const sent = request.headers
    .filter(([name]) => !droppedHeaders.has(name.toLowerCase()))
    .map(([name, value]) => [spelling.get(name.toLowerCase()) ?? name, value] as const);
  return [
    ...sent,
    ['X-Amzn-Trace-Id', traceId(request)],
    ['X-Forwarded-For', request.sourceIp],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
}

/** Values by name. Names with the same `identity` are one name, in the first spelling. */
function multiValue(pairs: HeaderList, identity: (name: string) => string): Record<string, string[]> {
  // Maps, because a caller may send a parameter called `constructor`.
  const groups = new Map<string, [name: string, values: string[]]>();
  for (const [name, value] of pairs) {
    const [known, values] = groups.get(identity(name)) ?? [name, []];
    groups.set(identity(name), [known, [...values, value]]);
  }
  return Object.fromEntries(groups.values());
}

function lastValues(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.at(-1) ?? '']));
}

function orNull<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> | null {
  return Object.keys(record).length === 0 ? null : { ...record };
}
