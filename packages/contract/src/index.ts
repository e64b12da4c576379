export { Answer, AskRequest, type Turn, type Usage } from './ask.ts';
export { aliasOf, type CatalogueAlias, catalogue, definitionOf } from './catalogue.ts';
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
  QuotaDetails,
  type RequestIssue,
  RequestIssues,
} from './errors.ts';
export { headers } from './headers.ts';
export { locateModel, type ModelLocation } from './model-location.ts';
export {
  type Capability,
  type InvokeFormat,
  type Lifecycle,
  type ModelDefinition,
  OfferedModel,
  type Upstream,
} from './models.ts';
export { type Route, type RouteName, routes } from './routes.ts';
