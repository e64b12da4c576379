import { header, type ProxyEvent } from '../http/received-event.ts';

/** A caller's credential: an API key, which API Gateway judges, or a sign-in token, which the authorizer judges. */
export interface Credential {
  readonly kind: 'key' | 'token';
  readonly value: string;
}

/**
 * The longest value of each, in characters. For a token it is the limit on all headers together.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
const longest = { key: 128, token: 10_240 } as const;

/** Three parts with dots between: https://www.rfc-editor.org/rfc/rfc7519#section-3 */
const token = /^[^.]+\.[^.]+\.[^.]*$/;

/**
 * The credential of a request: `x-api-key`, else `Authorization: Bearer`. Each header may hold either kind, so a client
 * that supports only one of the headers can send both kinds. If a request has both headers, `x-api-key` counts: an SDK
 * that requires a bearer token can have any, beside a key in a custom header.
 *
 * @param options.signIn Whether tokens are accepted; if not, every credential is a key.
 * @returns `undefined` if there is no credential, or it cannot be either kind.
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
