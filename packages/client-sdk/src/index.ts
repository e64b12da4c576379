export type { Answer, Usage } from './answer.ts';
export type { ApiKeySource } from './api-key.ts';
export { type BedrockClient, createBedrockClient, type ModelAlias } from './client.ts';
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
  PermissionDeniedError,
  QuotaExceededError,
  type QuotaFacts,
  RateLimitedError,
  ServerError,
  type ServerErrorCode,
  type TimeoutCode,
  TimeoutError,
  type TimeoutPhase,
  UnknownModelError,
} from './errors.ts';
export type { Limit } from './limit.ts';
export type {
  AskOptions,
  BedrockClientOptions,
  CallOptions,
  Fetch,
  FetchInit,
  RequestOptions,
  Turn,
} from './options.ts';
export { BedrockProxyError, type ErrorFacts } from './proxy-error.ts';
export type { UsageReport } from './usage-report.ts';
