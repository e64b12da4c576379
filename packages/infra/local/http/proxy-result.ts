import * as z from 'zod/mini';
import { type HttpResponse, isValidHeader } from './response.ts';

const HeaderValue = z.union([z.string(), z.boolean()]);

/**
 * What a function may return: nothing is required, no other field is allowed, and a body is a text.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
const ProxyResult = z.strictObject({
  statusCode: z.optional(z.union([z.int(), z.string().check(z.regex(/^\d{3}$/))])),
  headers: z.optional(z.nullable(z.record(z.string(), HeaderValue))),
  multiValueHeaders: z.optional(z.nullable(z.record(z.string(), z.array(HeaderValue)))),
  body: z.optional(z.nullable(z.string())),
  isBase64Encoded: z.optional(z.boolean()),
});

/**
 * Headers that API Gateway renames to `x-amzn-Remapped-...`, as observed for Lambda proxies.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const remappedHeaders = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
]);

/** Reads a function's answer, or `undefined` for a malformed one, which callers see as a 502. */
export function readProxyResult(payload: string): HttpResponse | undefined {
  const result = z.safeParse(ProxyResult, JSON.parse(payload));
  if (!result.success) {
    return undefined;
  }
  const { statusCode, headers, multiValueHeaders, body } = result.data;
  const status = Number(statusCode ?? 200);
  const sent = mergeHeaders(headers ?? {}, multiValueHeaders ?? {});
  if (status < 200 || status > 599 || sent.some(([name, value]) => !isValidHeader(name, value))) {
    return undefined;
  }
  // Base64 is decoded for binary media types only, and the API has none: such a body goes out as the text it is.
  return { status, headers: sent, body: body ?? '' };
}

/** Where a header is in both, only its multi-value form counts. */
function mergeHeaders(
  headers: Record<string, string | boolean>,
  multiValueHeaders: Record<string, readonly (string | boolean)[]>,
): [string, string][] {
  const merged = new Map<string, [string, string][]>([
    ['content-type', [['content-type', 'application/json']]],
  ]);
  for (const [name, value] of Object.entries(headers)) {
    merged.set(name.toLowerCase(), [[outgoingName(name), String(value)]]);
  }
  for (const [name, values] of Object.entries(multiValueHeaders)) {
    merged.set(
      name.toLowerCase(),
      values.map((value) => [outgoingName(name), String(value)]),
    );
  }
  merged.delete('transfer-encoding');
  return [...merged.values()].flat();
}

function outgoingName(name: string): string {
  return remappedHeaders.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name;
}
