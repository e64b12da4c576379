export { Answer, AskRequest, type Turn, type Usage } from './ask.ts';
export { aliasOf, type CatalogueAlias, catalogue, definitionOf, priceOf } from './catalogue.ts';
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
  errorCodes,
  errorDefinition,
  errorEnvelope,
  errors,
  isErrorCode,
  type QuotaDetails,
  type RequestIssue,
  RequestIssues,
} from './errors.ts';
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
export { locateModel, type ModelLocation } from './model-location.ts';
export {
  type Capability,
  type InvokeFormat,
  type Lifecycle,
  type ModelDefinition,
  type ModelPrice,
  OfferedModel,
  type Upstream,
} from './models.ts';
export { type BilledTokens, costInMicroUsd, Price } from './price.ts';
export { type Route, type RouteName, routes } from './routes.ts';
