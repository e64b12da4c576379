export type {
  AnswerBlock,
  Block,
  CachePointBlock,
  CacheTtl,
  CallsAtOnceStatus,
  DocumentBlock,
  ImageBlock,
  JsonBlock,
  Message,
  ModelSummary,
  ReasoningBlock,
  ReasoningEffort,
  RedactedReasoningBlock,
  RequestIssue as Issue,
  StreamBlockDelta,
  StreamBlockEnd,
  StreamBlockStart,
  StreamDelta,
  StreamStart,
  TextBlock,
  Tool,
  ToolChoice,
  ToolResultBlock,
  ToolUseBlock,
  Turn,
  Usage,
} from '@org/contract';
export type { Answer, StructuredAnswer } from './answer/answer.ts';
export type { Embeddings } from './answer/embeddings.ts';
export type { Limit, LimitWarning } from './answer/limit.ts';
export type { ModelList } from './answer/model-list.ts';
export type {
  JsonSchema,
  SchemaIssue,
  SchemaResult,
  StandardJsonSchema,
  StandardSchema,
} from './answer/standard-schema.ts';
export type { StreamDone, StreamEvent } from './answer/stream-event.ts';
export type { LimitPace, UsageReport } from './answer/usage-report.ts';
export type { BedrockClient } from './bedrock-client.ts';
export { createBedrockClient } from './client.ts';
export {
  AbortedError,
  type AnyBedrockProxyError,
  AuthenticationError,
  type BedrockProxyErrorCode,
  ConfigurationError,
  ConnectionError,
  ConversationBusyError,
  type Excess,
  type InvalidRequestCode,
  InvalidRequestError,
  InvalidResponseError,
  isBedrockProxyError,
  MaxStepsError,
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
} from './errors/errors.ts';
export { BedrockProxyError, type ErrorFacts } from './errors/proxy-error.ts';
export { ToolError } from './errors/tool-error.ts';
export type {
  CallEvent,
  FailureEvent,
  Hooks,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
  SuccessEvent,
} from './hooks/hooks.ts';
export type { Logger } from './hooks/logger.ts';
export type { Fetch, FetchInit, FetchResponse, ResponseHeaders } from './http/fetch.ts';
export type { Operation } from './http/operation.ts';
export type { ApiKeySource } from './options/api-key.ts';
export type {
  BlockInput,
  DocumentInput,
  FileInput,
  ImageInput,
  MessageInput,
  Question,
  ToolResultInput,
  ToolResultPart,
  UserBlock,
} from './options/content.ts';
export type { ModelAlias, ModelName } from './options/model-name.ts';
export type {
  AskOptions,
  BedrockClientOptions,
  CallOptions,
  EmbedOptions,
  RequestOptions,
  RunOptions,
  SchemaOptions,
  StreamOptions,
  StructuredAskOptions,
  StructuredRunOptions,
  StructuredStreamOptions,
} from './options/options.ts';
export {
  type DeclaredTool,
  type RunnableTool,
  type ToolContext,
  type ToolDefinition,
  type ToolFunction,
  type ToolInput,
  tool,
} from './options/tool.ts';
export type {
  Conversation,
  ConversationOptions,
  StreamedTurnOptions,
  StructuredStreamedTurnOptions,
  StructuredTurnOptions,
  TurnOptions,
} from './run/conversation.ts';
export { type RunProgress, runProgress } from './run/run-progress.ts';
export type { RunResult, RunStep, StructuredRunResult, ToolOutcome } from './run/run-result.ts';
export type { SafeResult } from './safe-result.ts';
export type { AnswerStream } from './stream/answer-stream.ts';
