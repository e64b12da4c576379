import * as z from 'zod/mini';
import { isValidHeader, type ResponseHead } from './response.ts';

const HeaderValue = z.union([z.string(), z.boolean()]);

/** The fields that say the status and the headers, in what a function returns or begins its stream with. */
export const resultHeadFields = {
  statusCode: z.optional(z.union([z.int(), z.string().check(z.regex(/^\d{3}$/))])),
  headers: z.optional(z.nullable(z.record(z.string(), HeaderValue))),
  multiValueHeaders: z.optional(z.nullable(z.record(z.string(), z.array(HeaderValue)))),
};

const ResultHead = z.object(resultHeadFields);

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

/** The status and the headers that go out, or `undefined` where HTTP cannot carry them. */
export function resultHead(result: z.output<typeof ResultHead>): ResponseHead | undefined {
  const { statusCode, headers, multiValueHeaders } = result;
  const status = Number(statusCode ?? 200);
  const sent = mergeHeaders(headers ?? {}, multiValueHeaders ?? {});
  const valid = status >= 200 && status <= 599 && sent.every(([name, value]) => isValidHeader(name, value));
  return valid ? { status, headers: sent } : undefined;
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
