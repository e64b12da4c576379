import type { ErrorCode } from '@org/contract';
import { ServiceException } from '@smithy/core/client';
import type { TokenUsage } from '../call/reply.ts';
import { exceptionName, failureName } from '../failure-name.ts';
import { ProxyError, type ServiceFailure } from '../proxy-error.ts';
import { commonWords } from './common-words.ts';
import { StreamException } from './event-stream.ts';
import { exceptions, type Meaning } from './exceptions.ts';

/** Longer than Bedrock's messages, unless they repeat a caller's words, which are not read here. */
const mostCharacters = 4000;

/**
 * Translates a failure of an upstream call for the caller. Bedrock's own message is read but not passed on: it can
 * contain account ids, ARNs and parts of the prompt. A caller who speaks the model's own API gets a quote of the
 * model's refusal, without ids and ARNs, because it is about that caller's own prompt.
 *
 * @param signal The deadline's signal: once it has fired, the failure is our own timeout.
 * @param quotes Whether the caller speaks the model's own API. Default: false.
 */
export function bedrockError(thrown: unknown, signal: AbortSignal, quotes = false): ProxyError {
  if (thrown instanceof ProxyError) return thrown;
  if (!(thrown instanceof Error)) return new ProxyError({ code: 'upstream_error' }, { outcomeUnknown: true });
  if (signal.aborted) return new ProxyError({ code: 'model_timeout' }, { failure: describe(thrown) });
  if (ServiceException.isInstance(thrown)) return saidError(thrown, thrown.$metadata.httpStatusCode, quotes);
  if (thrown instanceof StreamException) return saidError(thrown, undefined, quotes);
  const unbilled = neverSent(thrown);
  return new ProxyError(
    { code: 'upstream_error' },
    { failure: describe(thrown), unbilled, outcomeUnknown: !unbilled },
  );
}

/** The meaning of a Bedrock exception. An exception in a stream has no status: the model may have run. */
function saidError(thrown: Error, status: number | undefined, quotes: boolean): ProxyError {
  const exception = exceptions.get(thrown.name);
  const message = messageOf(thrown);
  const unquoted = message.replace(quotations, '');
  const known = exception?.said?.find(({ words, code }) =>
    words.test(isOperators(code) ? unquoted : message),
  );
  const meaning: Meaning = known ?? exception ?? { code: codeOfStatus(status) };
  const unbilled = status !== undefined && (known?.unbilled ?? exception?.unbilled ?? false);
  const background = {
    failure: { ...describe(thrown), said: known ? undefined : commonWords(message) },
    unbilled,
    outcomeUnknown: status === undefined,
    lasts: meaning.lasts,
  };
  const { code, param } = meaning;
  const isOfRequest = code === 'invalid_request' || code === 'context_too_long';
  if (quotes && isOfRequest && message !== '' && !operators.test(message)) {
    return new ProxyError({ code, message, param }, { ...background, quoted: true });
  }
  return new ProxyError(
    { code, message: meaning.message ?? (unbilled ? undefined : midwayMessages[code]), param },
    background,
  );
}

/** What a message repeats of the request: words of a caller must not ring the operator. */
const quotations = /'[^']*'|"[^"]*"|`[^`]*`/g;

const isOperators = (code: ErrorCode): boolean => code === 'upstream_denied' || code === 'model_unavailable';

/**
 * Whether a request was never sent, so that it is not billed. Decided by the failed step and not by the error's name:
 * the SDK has one name for a failed connection, a silent socket and a late answer; and a lost network has the same code
 * before the request and after it.
 *
 * @see https://nodejs.org/api/errors.html#errorsyscall
 */
function neverSent(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverSent);
  if ('syscall' in error) return error.syscall === 'connect' || error.syscall === 'getaddrinfo';
  if (error.name === 'TimeoutError') return /did not establish a connection/.test(error.message);
  // Without credentials nothing is sent.
  return error.name === 'CredentialsProviderError';
}

/**
 * Names of AWS resources and accounts. They are the operator's, and callers must not see them.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
const operators = /\barn:|\b\d{12}\b/i;

/** The SDK passes on any JSON value, a string or not. */
function messageOf({ message }: { readonly message: unknown }): string {
  return typeof message === 'string' ? message.slice(0, mostCharacters) : '';
}

/** Messages for errors after the model may have run, if the usual message would promise too much. */
const midwayMessages: Partial<Readonly<Record<ErrorCode, string>>> = {
  model_throttled:
    'Bedrock throttled this model after it had begun to answer. Its cost stays charged. Try again later.',
};

/** The progress of an answer when it failed. */
export interface Interrupted {
  /** Whether the model had written anything. */
  readonly begun: boolean;
  /** Bedrock's count so far. */
  readonly usage: TokenUsage | undefined;
}

/**
 * Translates a failure after the head of an answer. The meaning is the same, but the output so far may be billed, so
 * the failure is not a refusal. Only a prompt that is too long was certainly not read: Nova reports it in the first
 * event of a stream.
 */
export function interruptedCall(
  thrown: unknown,
  signal: AbortSignal,
  { begun, usage }: Interrupted,
): ProxyError {
  const { statement, failure } = bedrockError(thrown, signal);
  if (!begun && statement.code === 'context_too_long') {
    return new ProxyError(statement, { failure, unbilled: true });
  }
  return new ProxyError(
    { ...statement, message: midwayMessages[statement.code] ?? statement.message },
    { failure, outcomeUnknown: true, usage },
  );
}

/** An answer of Bedrock's without a part that every answer has. */
export function malformedReply(): ProxyError {
  return new ProxyError(
    { code: 'upstream_error' },
    { failure: { name: 'MalformedReply' }, outcomeUnknown: true },
  );
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
