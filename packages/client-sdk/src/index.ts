export type { Answer, StructuredAnswer, Usage } from './answer.ts';
export type { AnswerStream } from './answer-stream.ts';
export type { ApiKeySource } from './api-key.ts';
export type { BedrockClient } from './bedrock-client.ts';
export { createBedrockClient } from './client.ts';
export {
  AbortedError,
  type AnyBedrockProxyError,
  AuthenticationError,
  type BedrockProxyErrorCode,
  ConfigurationError,
  ConnectionError,
  type InvalidRequestCode,
  InvalidRequestError,
  InvalidResponseError,
  type Issue,
  isBedrockProxyError,
  ModelThrottledError,
  ModelUnavailableError,
  OutputValidationError,
  type PermissionDeniedCode,
  PermissionDeniedError,
  QuotaExceededError,
  type QuotaFacts,
  RateLimitedError,
  ServerError,
  type ServerErrorCode,
  StreamInterruptedError,
  type TimeoutCode,
  TimeoutError,
  type TimeoutPhase,
  UnknownModelError,
} from './errors.ts';
export type {
  CallEvent,
  FailureEvent,
  Hooks,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  SuccessEvent,
} from './hooks.ts';
export type { Limit } from './limit.ts';
export type { Logger } from './logger.ts';
export type { ModelList, ModelSummary } from './model-list.ts';
export type { ModelAlias, ModelName } from './model-name.ts';
export type {
  AskOptions,
  BedrockClientOptions,
  CallOptions,
  Fetch,
  FetchInit,
  FetchResponse,
  RequestOptions,
  ResponseHeaders,
  SchemaOptions,
  StreamOptions,
  StructuredAskOptions,
  StructuredStreamOptions,
  Turn,
} from './options.ts';
export { BedrockProxyError, type ErrorFacts } from './proxy-error.ts';
export type { Operation } from './routes.ts';
export type { SafeResult } from './safe-result.ts';
export type {
  JsonSchema,
  SchemaIssue,
  SchemaResult,
  StandardJsonSchema,
  StandardSchema,
} from './standard-schema.ts';
export type { StreamDelta, StreamDone, StreamEvent, StreamStart } from './stream-event.ts';
export type { UsageReport } from './usage-report.ts';
