import { type ErrorCode, errorDefinition, errorEnvelope, headers } from '@org/contract';
import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ProxyConfig } from '../../config/config.ts';
import { corsHeaders } from './cors.ts';

interface GatewayResponse {
  readonly type: ResponseType;
  readonly code: ErrorCode;
  /** What happened and what to do, if the code has other causes as well. Default: the contract's message. */
  readonly message?: string | ((config: ProxyConfig) => string | undefined);
  /** Whether answers of this type keep API Gateway's own status. Default: they get the code's. */
  readonly keepsStatus?: boolean;
}

/**
 * The contract's error for each of API Gateway's own answers. Types that are not listed fall back to
 * DEFAULT_4XX or DEFAULT_5XX.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const gatewayResponses: readonly GatewayResponse[] = [
  { type: ResponseType.INVALID_API_KEY, code: 'unauthenticated' },
  { type: ResponseType.UNAUTHORIZED, code: 'unauthenticated' },
  // From the authorizer, or from the policy about networks.
  { type: ResponseType.ACCESS_DENIED, code: 'access_denied', message: deniedMessage },
  // From the web ACL here, or one from an account's Firewall Manager; a rule's custom response takes precedence.
  {
    type: ResponseType.WAF_FILTERED,
    code: 'access_denied',
    message:
      'The firewall in front of this API refused the request, because of its address, headers or URL. Sending it ' +
      'again will not help; give the operator the request id.',
  },
  { type: ResponseType.EXPIRED_TOKEN, code: 'unauthenticated' },
  // API Gateway's answers to an unknown path or method: without an Authorization header, and with one.
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, code: 'unknown_route' },
  { type: ResponseType.INVALID_SIGNATURE, code: 'unknown_route' },
  { type: ResponseType.RESOURCE_NOT_FOUND, code: 'unknown_route' },
  // From the throttle of the key's plan, the stage or the account: API Gateway does not say which.
  {
    type: ResponseType.THROTTLED,
    code: 'rate_limited',
    message:
      'Too many requests a second, from this API key or from all keys together. Slow down and send them again.',
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    code: 'quota_exceeded',
    message:
      "API Gateway's own quota of requests for this API key is used up. It counts every request of the key, refused " +
      'ones and GET /usage too, and gives no numbers. Retrying will not help before its next period; ask the operator ' +
      'for a higher one.',
  },
  { type: ResponseType.BAD_REQUEST_BODY, code: 'invalid_json' },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, code: 'invalid_request' },
  { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, code: 'invalid_request' },
  { type: ResponseType.REQUEST_TOO_LARGE, code: 'request_too_large' },
  { type: ResponseType.INTEGRATION_TIMEOUT, code: 'model_timeout' },
  { type: ResponseType.INTEGRATION_FAILURE, code: 'internal' },
  // A status here would apply to every 4xx without its own.
  { type: ResponseType.DEFAULT_4XX, code: 'invalid_request', keepsStatus: true },
  { type: ResponseType.DEFAULT_5XX, code: 'internal' },
];

/** Gives API Gateway's own answers the contract's statuses, envelope and headers. */
export function addGatewayResponses(api: RestApi, config: ProxyConfig): void {
  const { cors } = config;
  for (const { type, code, message, keepsStatus } of gatewayResponses) {
    const { status, retryable, retryAfterSeconds } = errorDefinition(code);
    api.addGatewayResponse(type.responseType, {
      type,
      ...(keepsStatus ? {} : { statusCode: String(status) }),
      responseHeaders: {
        [headers.requestId]: 'context.requestId',
        [headers.anthropicRequestId]: 'context.requestId',
        [headers.shouldRetry]: literal(retryable),
        ...(retryAfterSeconds === undefined ? {} : { [headers.retryAfter]: literal(retryAfterSeconds) }),
        ...corsHeaders(cors),
      },
      templates: {
        'application/json': bodyTemplate(code, typeof message === 'function' ? message(config) : message),
      },
    });
  }
}

/** API Gateway does not say which of the two denied. */
function deniedMessage({ allowFrom, privateApi, signIn }: ProxyConfig): string | undefined {
  if (!allowFrom && !privateApi) return undefined;
  return signIn
    ? 'Your sign-in is in no team of this deployment, or your network may not call it. Ask the operator, with the request id.'
    : 'Your network may not call this API. Ask the operator, with the request id.';
}

function literal(value: boolean | number): string {
  return `'${value}'`;
}

/** API Gateway substitutes variables unescaped, so its own error texts, which may contain quotes, are left out. */
function bodyTemplate(code: ErrorCode, message: string | undefined): string {
  return JSON.stringify(errorEnvelope({ code, message }, '$context.requestId'));
}
