/** API Gateway's own answer in one case, if the API sets no other. */
export interface ResponseTypeDefaults {
  /** Undefined for the two fallbacks, which use the status of the case that they replace. */
  readonly status: number | undefined;
  /** The `x-amzn-ErrorType` header. */
  readonly errorType: string;
  /** `$context.error.message`; in some cases it has more detail. */
  readonly message: string | null;
  /** Body template, with AWS's spacing and capitals. */
  readonly template: string;
}

const message = '{"message":$context.error.messageString}';
const spacedMessage = '{"message": $context.error.messageString}';
const capitalMessage = '{"Message":$context.error.messageString}';
const internal = { errorType: 'InternalServerErrorException', message: 'Internal server error' };

/**
 * Every gateway response type with AWS's answer.
 *
 * Types and statuses: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html.
 * Messages and error types are those that others recorded from AWS. Not confirmed by a recording: everything but the
 * status of API_CONFIGURATION_ERROR, AUTHORIZER_FAILURE, EXPIRED_TOKEN, INTEGRATION_FAILURE and RESOURCE_NOT_FOUND,
 * and the error type of REQUEST_TOO_LARGE.
 */
export const responseTypes = {
  ACCESS_DENIED: {
    status: 403,
    errorType: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
    template: capitalMessage,
  },
  API_CONFIGURATION_ERROR: {
    status: 500,
    errorType: 'ApiConfigurationException',
    message: 'Internal server error',
    template: message,
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 500,
    errorType: 'AuthorizerConfigurationException',
    message: null,
    template: message,
  },
  AUTHORIZER_FAILURE: {
    status: 500,
    errorType: 'AuthorizerFailureException',
    message: 'Internal server error',
    template: message,
  },
  BAD_REQUEST_BODY: {
    status: 400,
    errorType: 'BadRequestException',
    message: 'Invalid request body',
    template: message,
  },
  BAD_REQUEST_PARAMETERS: {
    status: 400,
    errorType: 'BadRequestException',
    message: 'Missing required request parameters',
    template: message,
  },
  DEFAULT_4XX: {
    status: undefined,
    errorType: 'BadRequestException',
    message: 'Bad Request',
    template: message,
  },
  DEFAULT_5XX: { status: undefined, ...internal, template: spacedMessage },
  EXPIRED_TOKEN: {
    status: 403,
    errorType: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
    template: message,
  },
  INTEGRATION_FAILURE: { status: 504, ...internal, template: spacedMessage },
  INTEGRATION_TIMEOUT: {
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Endpoint request timed out',
    template: spacedMessage,
  },
  INVALID_API_KEY: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden', template: message },
  INVALID_SIGNATURE: {
    status: 403,
    errorType: 'IncompleteSignatureException',
    message: 'The request signature is not valid',
    template: message,
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
    template: message,
  },
  QUOTA_EXCEEDED: {
    status: 429,
    errorType: 'LimitExceededException',
    message: 'Limit Exceeded',
    template: message,
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    errorType: 'RequestTooLargeException',
    message: 'Request Too Long',
    template: message,
  },
  RESOURCE_NOT_FOUND: {
    status: 404,
    errorType: 'ResourceNotFoundException',
    message: 'Resource not found',
    template: message,
  },
  THROTTLED: {
    status: 429,
    errorType: 'TooManyRequestsException',
    message: 'Too Many Requests',
    template: message,
  },
  UNAUTHORIZED: {
    status: 401,
    errorType: 'UnauthorizedException',
    message: 'Unauthorized',
    template: message,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    errorType: 'BadRequestException',
    message: 'Unsupported Media Type',
    template: message,
  },
  WAF_FILTERED: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden', template: message },
} as const satisfies Record<string, ResponseTypeDefaults>;

export type ResponseType = keyof typeof responseTypes;

export function isResponseType(name: string): name is ResponseType {
  return Object.hasOwn(responseTypes, name);
}
