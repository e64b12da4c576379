export { Answer, AskRequest, type Turn, Usage } from './ask.ts';
export {
  AvailableModels,
  type DetailsOf,
  type ErrorCode,
  type ErrorDefinition,
  type ErrorDetails,
  ErrorEnvelope,
  type ErrorMaker,
  type ErrorStatement,
  type ErrorType,
  type ExcessDetails,
  errorCodes,
  errorDefinition,
  errorEnvelope,
  errors,
  isErrorCode,
  type OutputDetails,
  type QuotaDetails,
  type RequestIssue,
  RequestIssues,
  type RetryableCode,
} from './errors.ts';
export { exposedHeaders } from './exposed-headers.ts';
export { headers, limitHeaders } from './headers.ts';
export {
  type LimitKind,
  type LimitPeriod,
  type LimitScope,
  LimitStatus,
  Limits,
  limitKinds,
  limitPeriods,
  UsageReport,
} from './limits.ts';
export { ModelList, type ModelSummary } from './model-list.ts';
export { type Route, type RouteName, type RoutesOf, routes } from './routes.ts';
export {
  type StreamDelta,
  type StreamDone,
  StreamEvent,
  type StreamStart,
  streamHeartbeatMs,
} from './stream.ts';
