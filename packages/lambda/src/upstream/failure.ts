import type { ErrorCode } from '@org/contract';
import { ServiceException } from '@smithy/core/client';
import type { TokenUsage } from '../call/reply.ts';
import { exceptionName, failureName } from '../failure-name.ts';
import { ProxyError, type ServiceFailure } from '../proxy-error.ts';
import { commonWords } from './common-words.ts';
import { StreamException } from './event-stream.ts';
import { exceptions, type Meaning } from './exceptions.ts';

/** More than Bedrock says, unless it repeats what a caller wrote, which nobody reads here. */
const mostCharacters = 4000;

/**
 * Says what a failure of an upstream call means to the caller. Bedrock's own message is read, and not passed on: it can
 * hold account ids and ARNs, and parts of the prompt. Only why a model refuses a request, without the former, is quoted to
 * a caller who speaks the model's own API: it is about that caller's own prompt.
 *
 * @param signal The deadline's signal: once it has fired, the failure is ours for having given up.
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

/** What an exception of Bedrock's means. One that comes as an event of a stream has no status: the model may have run. */
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
 * Whether a request was never sent, so that nothing of it is billed. By what failed, and not by how that is called: the SDK
 * has one name for a connection that does not come about, for a socket that is silent and for an answer that is late; and a
 * network that is gone has one code before the request and after it.
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
 * What names a resource or an account of AWS's: it is the operator's, and no caller's to know.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
const operators = /\barn:|\b\d{12}\b/i;

/** The SDK passes on whatever JSON says, a string or not. */
function messageOf({ message }: { readonly message: unknown }): string {
  return typeof message === 'string' ? message.slice(0, mostCharacters) : '';
}

/** What is said of an error that came when the model may have run, where the usual text would promise too much. */
const midwayMessages: Partial<Readonly<Record<ErrorCode, string>>> = {
  model_throttled: 'Bedrock throttled this model after it had begun to answer. What that cost stays charged.',
};

/** What had come of an answer by the time that it failed. */
export interface Interrupted {
  /** Whether the model had said anything. */
  readonly begun: boolean;
  /** What Bedrock had counted. */
  readonly usage: TokenUsage | undefined;
}

/**
 * Says what a failure means that came after the head of an answer: the same, but what was made up to there may be billed,
 * so nobody may take it for a refusal. Only a prompt that is too long for the model was certainly not read by it: Nova
 * says so in the first event of a stream.
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

/** An answer of Bedrock's that lacks what every answer has. */
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
