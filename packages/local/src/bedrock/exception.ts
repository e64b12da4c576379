/**
 * Exceptions of Bedrock's runtime and of AWS's request authentication: their status, and a message of theirs.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
 */
export const exceptions = {
  AccessDeniedException: [403, "You don't have access to the model with the specified model ID."],
  ConflictException: [400, 'The request conflicts with the current state of the resource.'],
  ExpiredTokenException: [403, 'The security token included in the request is expired'],
  InternalServerException: [
    500,
    'The system encountered an unexpected error during processing. Try your request again.',
  ],
  InvalidSignatureException: [
    403,
    'The request signature we calculated does not match the signature you provided.',
  ],
  MissingAuthenticationTokenException: [403, 'Missing Authentication Token'],
  ModelErrorException: [424, 'The request failed due to an error while processing the model.'],
  ModelNotReadyException: [429, 'Model is not ready for inference. Wait and try your request again.'],
  ModelStreamErrorException: [424, 'An error occurred while streaming the response. Retry your request.'],
  ModelTimeoutException: [408, 'Model has timed out in processing the request. Try your request again.'],
  ResourceNotFoundException: [
    404,
    'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
  ],
  ServiceQuotaExceededException: [400, 'Your request exceeds the service quota for your account.'],
  ServiceUnavailableException: [503, 'Bedrock is unable to process your request.'],
  ThrottlingException: [429, 'Too many requests, please wait before trying again.'],
  UnknownOperationException: [404, 'The operation is not known.'],
  UnrecognizedClientException: [403, 'The security token included in the request is invalid.'],
  ValidationException: [400, 'The provided request is not valid.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ExceptionName = keyof typeof exceptions;

export const exceptionNames = Object.keys(exceptions).filter(
  (name): name is ExceptionName => name in exceptions,
);

/**
 * Exceptions that can come within a stream. ModelTimeoutException is only in those of InvokeModelWithResponseStream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ResponseStream.html
 */
export const streamExceptionNames = [
  'InternalServerException',
  'ModelStreamErrorException',
  'ModelTimeoutException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'ValidationException',
] as const satisfies readonly ExceptionName[];

export type StreamExceptionName = (typeof streamExceptionNames)[number];

/** An exception of Bedrock's, thrown within the simulation and answered over the wire. */
export class BedrockException extends Error {
  override readonly name: ExceptionName;
  readonly status: number;
  /** Whether it is the first event of a stream, where one was asked for. Else it comes with a status all the same. */
  readonly inStream: boolean;

  constructor(name: ExceptionName, message: string = exceptions[name][1], inStream = false) {
    super(message);
    this.name = name;
    this.status = exceptions[name][0];
    this.inStream = inStream;
  }
}

/** A refusal of the request, in the words that Bedrock has for it. */
export function invalid(message: string): BedrockException {
  return new BedrockException('ValidationException', message);
}

/** A refusal that comes from behind Bedrock's own checks, in the words of the model. */
export function refusedByModel(problem: string): BedrockException {
  return invalid(`The model returned the following errors: ${problem}`);
}
