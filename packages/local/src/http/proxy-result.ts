import * as z from 'zod/mini';
import { parseJson } from './parse-json.ts';
import type { WholeResponse } from './response.ts';
import { resultHead, resultHeadFields } from './result-head.ts';
import { metadataDelimiter, readMetadata } from './stream-metadata.ts';

/**
 * What a function may return: nothing is required, no other field is allowed, and a body is a text.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
const ProxyResult = z.strictObject({
  ...resultHeadFields,
  body: z.optional(z.nullable(z.string())),
  isBase64Encoded: z.optional(z.boolean()),
});

/** Reads a function's answer, or `undefined` for a malformed one, which callers see as a 502. */
export function readProxyResult(payload: string): WholeResponse | undefined {
  const delimiter = payload.indexOf(metadataDelimiter);
  if (delimiter >= 0) {
    // The format of a stream, from a method that is not one: API Gateway sends the headers, and no body.
    const head = readMetadata(payload.slice(0, delimiter));
    return head && { ...head, body: '' };
  }
  const result = z.safeParse(ProxyResult, parseJson(payload));
  const head = result.success ? resultHead(result.data) : undefined;
  // Base64 is decoded for binary media types only, and the API has none: such a body goes out as the text it is.
  return head && { ...head, body: result.data?.body ?? '' };
}
