import type { ErrorCode } from '@org/contract';
import { ServiceException } from '@smithy/core/client';
import { samplingSpellings } from '../call/call.ts';
import type { TokenUsage } from '../call/reply.ts';
import { exceptionName, failureName } from '../failure-name.ts';
import { type ErrorBackground, ProxyError, type ServiceFailure } from '../proxy-error.ts';
import { StreamException } from './event-stream.ts';

/**
 * Exceptions of Bedrock's runtime, and of AWS's request authentication, by name. Those that mean several things
 * are distinguished in {@link validationError} and {@link accessError}.
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

/** What Bedrock may refuse of a request. */
interface Refusable {
  /** As Bedrock and the models spell it. */
  readonly spelling: RegExp;
  /** What the caller knows it as, for a sentence. */
  readonly name: string;
  /** The field of a request that it is in. */
  readonly param: string;
  /** What the caller can do. Default: change it or leave it out. */
  readonly remedy?: string | undefined;
}

/**
 * In this order: what a message is about comes before what it speaks of beside that. Claude's own sampling is said to
 * clash with thinking, a cache point to be at a tool, a choice of a tool to forbid thinking, and thoughts to be missing
 before a call of one.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
const refusables: readonly Refusable[] = [
  ...[
    { spelling: /max_?tokens|max_gen_len|maxTokenCount|maximum tokens/i, param: 'maxTokens' },
    ...Object.entries(samplingSpellings).map(([param, spelling]) => ({ spelling, param })),
  ].map((field) => ({ ...field, name: field.param })),
  { spelling: /cache ?point|cache_control|prompt caching/i, name: 'a cache point', param: 'cache' },
  {
    spelling: /tool_?choice|tool .* not found in provided tools/i,
    name: 'toolChoice',
    param: 'toolChoice',
  },
  {
    spelling: /tool_?(config|spec)|input_?schema|\btools\.\d|\btool use\b|the tool \S+ is already defined/i,
    name: 'tools',
    param: 'tools',
  },
  { spelling: /output_?config|json_?schema/i, name: 'outputSchema', param: 'outputSchema' },
  {
    spelling: /thinking` blocks?|expected `thinking`|thinking\.signature/i,
    name: 'the thoughts of an earlier turn',
    param: 'messages',
    remedy:
      "Send each answer's content back unchanged, thoughts included, after the same system, tools and turns.",
  },
  { spelling: /thinking|reasoning/i, name: 'reasoning', param: 'reasoning' },
  {
    spelling: /tool_?(use|result)/i,
    name: 'a call of a tool or its result',
    param: 'messages',
    remedy:
      'Give each call an id of its own, and begin the user message after the calls with a result for each of them, and for no other.',
  },
  {
    spelling: /\bimages?\b/i,
    name: 'an image',
    param: 'messages',
    remedy:
      'A user message takes up to 20, each of at most 3.75 MB and 8,000 pixels a side, in the format that it says.',
  },
  {
    spelling: /\bdocuments?\b|\bPDF\b/i,
    name: 'a document',
    param: 'messages',
    remedy:
      'A user message takes up to 5, each of at most 4.5 MB, with a name that no other of the request has and a text beside them.',
  },
  { spelling: /\bsystem\b/i, name: 'system', param: 'system' },
];

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
    case 'ValidationException': {
      const error = validationError(said, background);
      return quotes && isQuotable(said, error) ? quoted(said, error) : error;
    }
    case 'AccessDeniedException':
      return accessError(said, background);
    default: {
      const code = codes.get(thrown.name) ?? codeOfStatus(failure.status);
      return new ProxyError({ code, message: refused ? undefined : midwayMessages[code] }, background);
    }
  }
}

/**
 * What names a resource or an account of AWS's: it is the operator's, and no caller's to know.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
const operators = /\barn:|\b\d{12}\b/i;

/** Of what a model refuses. What is wrong with the deployment, such as a model that is not offered, is ours to say. */
function isQuotable(said: string, error: ProxyError): boolean {
  const refused = error.hasCode('invalid_request') || error.hasCode('context_too_long');
  return refused && said !== '' && !operators.test(said);
}

function quoted(message: string, { statement, failure, unbilled }: ProxyError): ProxyError {
  const { code, param } = statement;
  return new ProxyError({ code, message, param }, { failure, unbilled, quoted: true });
}

/** The SDK passes on whatever JSON says, a string or not. */
function messageOf({ message }: { readonly message: unknown }): string {
  return typeof message === 'string' ? message : '';
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

function validationError(message: string, background: ErrorBackground): ProxyError {
  const code = validationCode(message);
  return code === 'invalid_request' ? refusal(message, background) : new ProxyError({ code }, background);
}

function refusal(message: string, background: ErrorBackground): ProxyError {
  const refused = refusables.find(({ spelling }) => spelling.test(message));
  return new ProxyError(
    {
      code: 'invalid_request',
      message: refused
        ? `The model refused ${refused.name}. ${refused.remedy ?? 'Change it or leave it out.'}`
        : 'The model refused the request. Its parameters may not suit this model.',
      param: refused?.param,
    },
    background,
  );
}

/** What is said of a prompt that is too long: by Bedrock, by Claude, and by Nova. */
const tooLong = [
  /too long|too many (input )?tokens|too many total text bytes|maximum (input|context)/i,
  /context (length|limit|window)|input tokens exceed/i,
];

function validationCode(message: string): 'context_too_long' | 'model_unavailable' | 'invalid_request' {
  if (tooLong.some((pattern) => pattern.test(message))) return 'context_too_long';
  if (
    /on-demand throughput|model identifier is invalid|end of its life|not supported in this region/i.test(
      message,
    )
  ) {
    return 'model_unavailable';
  }
  return 'invalid_request';
}

/** Access to the model is missing in the account, the function's role lacks the permission, or the model keeps no cache. */
function accessError(message: string, background: ErrorBackground): ProxyError {
  if (/did not allow prompt caching/i.test(message)) return refusal(message, background);
  const code = /access to the model|marked by provider as legacy/i.test(message)
    ? 'model_unavailable'
    : 'upstream_denied';
  return new ProxyError({ code }, background);
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
