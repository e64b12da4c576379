import { isJsonObject, isObject, type JsonObject, parseJson } from '../json.ts';
import { ProxyError } from '../proxy-error.ts';

/** The values of a request, at every level. Each may be at fault, and each fault takes time and memory to describe. */
const mostValues = 20_000;

/** The most levels of a request. Its readers may recurse for each level. */
const mostLevels = 200;

export interface RawBody {
  readonly contentType: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/**
 * Reads a request body as JSON.
 *
 * @throws {ProxyError} `invalid_json` if it is not a JSON object; `invalid_request` if it has more than 20,000
 *   values or 200 levels, or is compressed, or is sent as another content type.
 */
export function jsonBody(raw: RawBody): JsonObject {
  refuseOtherContentType(raw.contentType);
  refuseCompressed(raw.contentEncoding);
  const json = parseJsonObject(raw);
  refuseVeryManyValues(json);
  return json;
}

/** A missing content type means JSON, as in API Gateway. */
function refuseOtherContentType(contentType: string | undefined): void {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType && mediaType !== 'application/json') {
    throw new ProxyError({
      code: 'invalid_request',
      message: 'The content-type must be application/json.',
      param: 'content-type',
      details: { issues: [{ path: 'content-type', message: 'must be application/json' }] },
    });
  }
}

/** API Gateway passes on the bytes as text, in which nothing that was compressed survives. */
function refuseCompressed(contentEncoding = 'identity'): void {
  if (contentEncoding.trim().toLowerCase() === 'identity') return;
  throw new ProxyError({
    code: 'invalid_request',
    message:
      'The body is compressed, which is not supported here. Send it as it is, without content-encoding.',
    param: 'content-encoding',
    details: { issues: [{ path: 'content-encoding', message: 'must be left out' }] },
  });
}

function parseJsonObject({ body, isBase64Encoded }: RawBody): JsonObject {
  const text = isBase64Encoded && body ? Buffer.from(body, 'base64').toString('utf8') : body;
  const json = parseJson(text ?? '');
  if (!isJsonObject(json)) throw new ProxyError({ code: 'invalid_json' });
  return json;
}

/** A loop and not a recursion, because a request may have more levels than the stack. */
function refuseVeryManyValues(json: object): void {
  const unseen: [value: unknown, level: number][] = [[json, 1]];
  for (let seen = 0; unseen.length > 0; seen += 1) {
    if (seen + unseen.length > mostValues) throw tooMuch(`has more than ${mostValues} values`);
    const [value, level = 0] = unseen.pop() ?? [];
    if (!isObject(value) && !Array.isArray(value)) continue;
    if (level === mostLevels) throw tooMuch(`has more than ${mostLevels} levels`);
    for (const item of Object.values(value)) unseen.push([item, level + 1]);
  }
}

function tooMuch(message: string): ProxyError {
  return new ProxyError({
    code: 'invalid_request',
    message: `The request ${message}. Shorten it.`,
    details: { issues: [{ path: '', message }] },
  });
}
