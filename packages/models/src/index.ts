export { aliasOf, type CatalogueAlias, catalogue, definitionOf, priceIn, priceOf } from './catalogue.ts';
export {
  type Capability,
  cacheTtlsOf,
  capabilitiesOf,
  type EmbedFormat,
  type InvokeFormat,
  invokeFormats,
  type Lifecycle,
  type ModelDefinition,
  type ModelPrice,
  type ModelUpstream,
  OfferedModel,
  type PlainCapability,
  plainCapabilities,
  type StructuredOutput,
  type ToolChoiceKind,
} from './model.ts';
export { locateModel, type ModelLocation } from './model-location.ts';
export { namesOf } from './model-names.ts';
export {
  allInputTokens,
  type Billable,
  type BilledTokens,
  costInMicroUsd,
  dearestRates,
  Price,
  type RateSection,
  type Rates,
  rateKinds,
  rateName,
  rateSections,
  ratesIn,
  type ServiceTier,
  serviceTiers,
} from './price.ts';
export { priceListNamesOf } from './price-list-names.ts';
export { type CachePoints, type CacheTtl, cacheTtls, type PromptCache } from './prompt-cache.ts';
export { type Effort, efforts, leastReasoningTokens, type Reasoning, reasoningFields } from './reasoning.ts';
