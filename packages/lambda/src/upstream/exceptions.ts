import type { ErrorCode } from '@org/contract';
import { samplingSpellings } from '../call/call.ts';

/** The meaning of Bedrock's refusal for the caller. */
export interface Meaning {
  readonly code: ErrorCode;
  /** What happened and what to do. Default: the contract's message for the code. */
  readonly message?: string | undefined;
  /** The field of the request that caused it. */
  readonly param?: string | undefined;
  /** Whether it lasts, so that an early retry cannot succeed. Default: false. */
  readonly lasts?: boolean | undefined;
}

/** The words that identify a meaning. */
interface Said extends Meaning {
  readonly words: RegExp;
  /** Whether it is certainly not billed, if that differs from the exception. */
  readonly unbilled?: boolean;
}

interface Exception extends Meaning {
  /** Whether Bedrock refuses before a model runs. If it comes with a status, it is then certainly not billed. */
  readonly unbilled: boolean;
  /** Its meanings by words in its message; the first match counts. Without a match, the meaning is a guess. */
  readonly said?: readonly Said[];
}

/**
 * A prompt that is too long. Keep the match strict: a matching failure is not charged, even in a stream.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/context-windows
 * @see https://github.com/aws-samples/bedrock-chat/issues/95
 * @see https://github.com/aws-samples/bedrock-access-gateway/issues/41
 */
const tooLong: readonly Said[] = [
  // Bedrock itself.
  /input is too long/i,
  // Nova, in the first event of a stream.
  /input tokens exceeded/i,
  // Claude.
  /prompt is too long|exceed context limit|too many total text bytes/i,
  // OpenAI.
  /exceeds the (model's )?context (length|limit|window)/i,
  // Llama, Mistral and models served like them.
  /maximum (context|model) length/i,
  // Titan, by its tokens and, as Cohere, by its characters.
  /too many input tokens/i,
  /malformed input request: (#\/(inputText|prompt|texts\/\d+): )?expected maxLength/i,
].map((words) => ({ words, code: 'context_too_long' }));

/**
 * A model that the account, its Region or its contract does not have.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/data-retention.html
 * @see https://github.com/aws-samples/sample-host-openclaw-on-amazon-bedrock-agentcore/issues/41
 */
const notOffered: readonly Said[] = [
  /on-demand throughput|model identifier is invalid|end of its life|not supported in this region/i,
  /access to (the|this) model|access to \w+ models is not allowed|marked by provider as legacy/i,
  /model access is denied|not available for this account|data retention mode/i,
].map((words) => ({ words, code: 'model_unavailable' }));

/**
 * An account that may not use Bedrock, mostly a new one.
 *
 * @see https://github.com/aws/aws-cli/issues/8717
 * @see https://github.com/aws-samples/amazon-bedrock-audio-summarizer/issues/3
 */
const accountDenied: Said = {
  words: /^operation not allowed\b|your account is not authorized/i,
  code: 'upstream_denied',
  message:
    'Bedrock does not let the AWS account of this deployment call it. The operator has to ask AWS Support.',
};

/** A guardrail that does not exist, or that the function may not apply. */
const noGuardrail: Said = {
  words: /guardrail/i,
  code: 'upstream_denied',
  message: "Bedrock did not accept the plan's guardrail. The operator has to check its id and version.",
};

/**
 * A quota of the account, for one model or all. AWS does not document the hour of its reset.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html
 */
const quotaOfTheDay: Said = {
  words: /\bper day\b/i,
  code: 'model_throttled',
  message:
    "The AWS account of this deployment has used up its daily Bedrock tokens; this key's own limits are not affected. " +
    'The quota renews within a day. Choose another model, or ask the operator, who can ask AWS for a higher quota.',
  lasts: true,
};

/**
 * An answer that was written, and then withheld. It may be billed, so it is charged.
 *
 * @see https://github.com/anthropics/claude-code/issues/58367
 */
const withheld: Said = {
  words: /output (was )?blocked|blocked by content filter/i,
  code: 'upstream_error',
  message: 'The model withheld its answer. The call stays charged; ask for something else.',
  lasts: true,
  unbilled: false,
};

/** A field, or part of a field, that the model does not support. */
function refused(words: RegExp, param: string, name = param, remedy = 'Change it or leave it out.'): Said {
  return { words, code: 'invalid_request', message: `The model refused ${name}. ${remedy}`, param };
}

const cachePoint = refused(/cache ?point|cache_control|prompt caching/i, 'cache', 'a cache point');

/**
 * In this order, a message's subject matches before the other features in it. Claude reports that sampling clashes with
 * thinking, that a cache point is at a tool, that a choice of a tool forbids thinking, and that thoughts are missing
 * before a tool's call.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
const refusedFields: readonly Said[] = [
  refused(/max_?tokens|max_gen_len|maxTokenCount|maximum tokens/i, 'maxTokens'),
  ...Object.entries(samplingSpellings).map(([param, words]) => refused(words, param)),
  cachePoint,
  refused(/tool_?choice|tool .* not found in provided tools/i, 'toolChoice'),
  refused(
    /tool_?(config|spec)|input_?schema|\btools\.\d|\btool use\b|the tool \S+ is already defined/i,
    'tools',
  ),
  refused(/output_?config|json_?schema/i, 'outputSchema'),
  refused(
    /thinking` blocks?|expected `thinking`|thinking\.signature/i,
    'messages',
    'the thoughts of an earlier turn',
    "Send each answer's content back unchanged, thoughts included, after the same system, tools and turns.",
  ),
  refused(/thinking|reasoning/i, 'reasoning'),
  refused(
    /tool_?(use|result)/i,
    'messages',
    'a tool call or its result',
    'Give each tool call a unique id, and begin the next user message with exactly one result for each of them.',
  ),
  refused(
    /\bimages?\b/i,
    'messages',
    'an image',
    'A user message takes up to 20, each of at most 3.75 MB and 8,000 pixels a side, in the format that it says.',
  ),
  refused(
    /\bdocuments?\b|\bPDF\b/i,
    'messages',
    'a document',
    'A user message takes up to 5, each of at most 4.5 MB and with a unique name, and a text with them.',
  ),
  refused(/\bsystem\b/i, 'system'),
];

const rejects = (code: ErrorCode, said: readonly Said[] = []): Exception => ({ code, unbilled: true, said });
const fails = (code: ErrorCode): Exception => ({ code, unbilled: false });
const credentials = rejects('upstream_denied');

/**
 * Exceptions of Bedrock's runtime, and of AWS's request authentication, by name. AWS documents only the names. The
 * messages are from people's reports.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
 */
export const exceptions: ReadonlyMap<string, Exception> = new Map(
  Object.entries({
    ThrottlingException: rejects('model_throttled', [quotaOfTheDay]),
    ModelNotReadyException: rejects('model_throttled'),
    ServiceQuotaExceededException: rejects('model_throttled', [quotaOfTheDay]),
    ValidationException: {
      code: 'invalid_request',
      message: 'The model refused the request. Its parameters may not suit this model.',
      unbilled: true,
      said: [withheld, noGuardrail, ...tooLong, ...notOffered, accountDenied, ...refusedFields],
    },
    AccessDeniedException: rejects('upstream_denied', [
      noGuardrail,
      cachePoint,
      ...notOffered,
      accountDenied,
      { words: /not authorized to perform/i, code: 'upstream_denied' },
    ]),
    ResourceNotFoundException: rejects('model_unavailable', [noGuardrail]),
    ServiceUnavailableException: rejects('upstream_error'),
    InternalServerException: fails('upstream_error'),
    ModelErrorException: fails('upstream_error'),
    ModelStreamErrorException: fails('upstream_error'),
    ConflictException: fails('upstream_error'),
    ModelTimeoutException: fails('model_timeout'),
    UnrecognizedClientException: credentials,
    ExpiredTokenException: credentials,
    InvalidSignatureException: credentials,
    IncompleteSignatureException: credentials,
    MissingAuthenticationTokenException: credentials,
    InvalidClientTokenId: credentials,
  }),
);
