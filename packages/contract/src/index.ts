export {
  type AvailableModels,
  type DetailsOf,
  type ErrorCode,
  type ErrorDefinition,
  type ErrorDetails,
  type ErrorEnvelope,
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
  type RequestIssues,
  type RetryableCode,
} from './errors.ts';
export { exposedHeaders } from './exposed-headers.ts';
export { headers, limitHeaders } from './headers.ts';
export {
  type LimitKind,
  type LimitPeriod,
  type LimitScope,
  type Limits,
  limitKinds,
  limitPeriods,
} from './limits.ts';
export { LimitsSchema } from './limits-schema.ts';
export { AskRequestSchema, askCapabilities } from './request-schema.ts';
export {
  AnswerSchema,
  AvailableModelsSchema,
  ErrorEnvelopeSchema,
  LimitStatusSchema,
  ModelListSchema,
  RequestIssuesSchema,
  StreamDeltaSchema,
  StreamDoneSchema,
  StreamEventSchema,
  StreamStartSchema,
  UsageReportSchema,
  UsageSchema,
} from './response-schemas.ts';
export { errorsOf, type Route, type RouteName, routeNames, routes } from './routes.ts';
export { longestCallMs, streamHeartbeatMs } from './timing.ts';
export type {
  Answer,
  AskCapability,
  AskRequest,
  LimitStatus,
  ModelList,
  ModelSummary,
  StreamDelta,
  StreamDone,
  StreamEvent,
  StreamStart,
  Turn,
  Usage,
  UsageReport,
} from './types.ts';
