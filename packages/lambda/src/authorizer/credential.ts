import { header, type ProxyEvent } from '../http/received-event.ts';

/** What a caller shows: an API key, which API Gateway judges, or a sign-in token, which the authorizer judges. */
export interface Credential {
  readonly kind: 'key' | 'token';
  readonly value: string;
}

/**
 * The longest value of each, in characters. A token is bounded by what all headers together may have.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
const longest = { key: 128, token: 10_240 } as const;

/** Three parts with dots between: https://www.rfc-editor.org/rfc/rfc7519#section-3 */
const token = /^[^.]+\.[^.]+\.[^.]*$/;

/**
 * The credential of a request: `x-api-key`, else `Authorization: Bearer`. Either may hold either, so that a client
 * that knows API keys can send a token, and a client that knows bearer tokens a key. Where both come, `x-api-key` counts:
 * an SDK that must be given some bearer token can have any, beside a key among its own headers.
 *
 * @param options.signIn Whether there are tokens at all; where there are none, all is a key.
 * @returns `undefined` where there is none, or one that can be neither.
 */
export function credentialOf(
  event: Pick<ProxyEvent, 'headers'>,
  { signIn }: { readonly signIn: boolean },
): Credential | undefined {
  const value = header(event, 'x-api-key')?.trim() || bearerOf(header(event, 'authorization'));
  if (!value) return undefined;
  const kind = signIn && token.test(value) ? 'token' : 'key';
  return value.length > longest[kind] ? undefined : { kind, value };
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
}
