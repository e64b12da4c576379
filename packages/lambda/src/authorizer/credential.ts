import { header, type ProxyEvent } from '../http/received-event.ts';

/** What a caller shows: an API key, which API Gateway judges, or a sign-in token, which the authorizer judges. */
export type Credential =
  | { readonly kind: 'key'; readonly value: string }
  | { readonly kind: 'token'; readonly value: string };

/**
 * The longest value of an API key, in characters.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html
 */
const longestKey = 128;

/** More than all headers together may have: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const longestToken = 10_240;

/** Three parts with dots between: https://www.rfc-editor.org/rfc/rfc7519#section-3 */
const token = /^[^.]+\.[^.]+\.[^.]*$/;

/**
 * The credential of a request: `x-api-key`, else `Authorization: Bearer`. Either may hold either, so that a client
 * that knows API keys can send a token, and a client that knows bearer tokens a key.
 *
 * @returns `undefined` where there is none, or one that can be neither.
 */
export function credentialOf(event: Pick<ProxyEvent, 'headers'>): Credential | undefined {
  const value = header(event, 'x-api-key')?.trim() || bearerOf(header(event, 'authorization'));
  if (!value) return undefined;
  if (token.test(value)) return value.length > longestToken ? undefined : { kind: 'token', value };
  return value.length > longestKey ? undefined : { kind: 'key', value };
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
}
