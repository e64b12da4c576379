import type { ErrorCode } from '@org/contract';
import { ServiceException } from '@smithy/core/client';
import { samplingSpellings } from '../call/call.ts';
import type { TokenUsage } from '../call/reply.ts';
import { exceptionName, failureName } from '../failure-name.ts';
import { type ErrorBackground, ProxyError, type ServiceFailure } from '../proxy-error.ts';
import { StreamException } from './event-stream.ts';

/**
 * Exceptions of Bedrock's runtime, and of AWS's request authentication, by name. Those that mean several things
 * are distinguished in {@link validationCode} and {@link accessCode}.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
 */
const codes = new Map<string, ErrorCode>(
  Object.entries({
    ThrottlingException: 'model_throttled',
    ModelNotReadyException: 'model_throttled',
    ServiceQuotaExceededException: 'model_throttled',
    InternalServerException: 'upstream_error',
    ServiceUnavailableException: 'upstream_error',
    ModelErrorException: 'upstream_error',
    ModelStreamErrorException: 'upstream_error',
    ConflictException: 'upstream_error',
    ModelTimeoutException: 'model_timeout',
    ResourceNotFoundException: 'model_unavailable',
    UnrecognizedClientException: 'upstream_denied',
    ExpiredTokenException: 'upstream_denied',
    InvalidSignatureException: 'upstream_denied',
    IncompleteSignatureException: 'upstream_denied',
    MissingAuthenticationTokenException: 'upstream_denied',
    InvalidClientTokenId: 'upstream_denied',
  }),
);

/**
 * Failures that are certainly not billed: refusals that Bedrock makes before a model runs, and connections that never
 * came about. A timeout, a reset or an error of the model may be billed.
 */
const unbilled: ReadonlySet<string> = new Set([
  ...['ThrottlingException', 'ModelNotReadyException', 'ServiceQuotaExceededException'],
  ...['ServiceUnavailableException', 'ValidationException', 'AccessDeniedException'],
  ...['ResourceNotFoundException', 'UnrecognizedClientException', 'ExpiredTokenException'],
  ...['InvalidSignatureException', 'IncompleteSignatureException', 'InvalidClientTokenId'],
  ...['MissingAuthenticationTokenException'],
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  // Without credentials nothing is sent. The only timeout that the client itself has is the one for connecting.
  ...['CredentialsProviderError', 'TimeoutError'],
]);

/** What Bedrock calls a guardrail that does not exist, or that the function may not apply. */
const guardrailFaults: ReadonlySet<string> = new Set([
  ...['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException'],
]);

/** Names of request fields as models spell them in their refusals, to our own. */
const parameterNames: readonly (readonly [RegExp, string])[] = [
  [/max_?tokens|max_gen_len|maxTokenCount/i, 'maxTokens'],
  ...Object.entries(samplingSpellings).map(([name, spelling]) => [spelling, name] as const),
  [/output_?config|json_?schema|tool_?(config|spec|choice)/i, 'outputSchema'],
  [/system/i, 'system'],
];

/**
 * Says what a failure of an upstream call means to the caller. Bedrock's own message is read, never passed on: it
 * can hold account ids, ARNs and parts of the prompt.
 *
 * @param signal The deadline's signal: once it has fired, the failure is ours for having given up.
 */
export function bedrockError(thrown: unknown, signal: AbortSignal): ProxyError {
  if (thrown instanceof ProxyError) return thrown;
  if (!(thrown instanceof Error)) return new ProxyError({ code: 'upstream_error' }, { outcomeUnknown: true });
  const failure = describe(thrown);
  if (signal.aborted) return new ProxyError({ code: 'model_timeout' }, { failure });
  const modelled = ServiceException.isInstance(thrown) || thrown instanceof StreamException;
  // A refusal has a status. An exception that comes as an event of a stream has none: the model may have run.
  const refused = unbilled.has(failure.name) && (!modelled || failure.status !== undefined);
  const background = {
    failure,
    unbilled: refused,
    outcomeUnknown: !refused && (!modelled || failure.status === undefined),
  };
  const said = messageOf(thrown);
  if (guardrailFaults.has(thrown.name) && /guardrail/i.test(said)) {
    const message =
      "Bedrock did not take the plan's guardrail. The operator has to check its id and version.";
    return new ProxyError({ code: 'upstream_denied', message }, background);
  }
  switch (thrown.name) {
    case 'ValidationException':
      return validationError(said, background);
    case 'AccessDeniedException':
      return new ProxyError({ code: accessCode(said) }, background);
    default: {
      const code = codes.get(thrown.name) ?? codeOfStatus(failure.status);
      return new ProxyError({ code, message: refused ? undefined : midwayMessages[code] }, background);
    }
  }
}

/** The SDK passes on whatever JSON says, a string or not. */
function messageOf({ message }: { readonly message: unknown }): string {
  return typeof message === 'string' ? message : '';
}

/** What is said of an error that came when the model may have run, where the usual text would promise too much. */
const midwayMessages: Partial<Readonly<Record<ErrorCode, string>>> = {
  model_throttled: 'Bedrock throttled this model after it had begun to answer. What that cost stays charged.',
};

/**
 * Says what a failure means that came after an answer had begun: the same, but what was made up to there may be billed,
 * so nobody may take it for a refusal.
 *
 * @param usage What Bedrock had counted by then.
 */
export function interruptedCall(
  thrown: unknown,
  signal: AbortSignal,
  usage: TokenUsage | undefined,
): ProxyError {
  const { statement, failure } = bedrockError(thrown, signal);
  return new ProxyError(
    { ...statement, message: midwayMessages[statement.code] ?? statement.message },
    { failure, outcomeUnknown: true, usage },
  );
}

/** An answer of Bedrock's that lacks what every answer has. */
export function malformedReply(): ProxyError {
  return new ProxyError(
    { code: 'upstream_error' },
    { failure: { name: 'MalformedReply' }, outcomeUnknown: true },
  );
}

function validationError(message: string, background: ErrorBackground): ProxyError {
  const code = validationCode(message);
  if (code !== 'invalid_request') return new ProxyError({ code }, background);
  const param = parameterNames.find(([pattern]) => pattern.test(message))?.[1];
  return new ProxyError(
    {
      code,
      message: param
        ? `The model refused ${param}. Change it or leave it out.`
        : 'The model refused the request. Its parameters may not suit this model.',
      param,
    },
    background,
  );
}

function validationCode(message: string): 'context_too_long' | 'model_unavailable' | 'invalid_request' {
  if (/too long|too many (input )?tokens|context (length|window)|maximum (input|context)/i.test(message)) {
    return 'context_too_long';
  }
  if (
    /on-demand throughput|model identifier is invalid|end of its life|not supported in this region/i.test(
      message,
    )
  ) {
    return 'model_unavailable';
  }
  return 'invalid_request';
}

/** Access to the model is missing in the account, or the function's role lacks the permission. */
function accessCode(message: string): 'model_unavailable' | 'upstream_denied' {
  return /access to the model|marked by provider as legacy/i.test(message)
    ? 'model_unavailable'
    : 'upstream_denied';
}

function codeOfStatus(status: number | undefined): ErrorCode {
  if (status === 429) return 'model_throttled';
  if (status === 401 || status === 403) return 'upstream_denied';
  if (status === 408 || status === 504) return 'model_timeout';
  return 'upstream_error';
}

/** Only name, status and request id: an SDK error also carries the signed request. */
function describe(error: Error): ServiceFailure {
  if (ServiceException.isInstance(error)) {
    const { httpStatusCode: status, requestId } = error.$metadata;
    return { name: exceptionName(error), status, requestId };
  }
  return { name: failureName(error) };
}
