export { aliasOf, type CatalogueAlias, catalogue, definitionOf, priceIn, priceOf } from './catalogue.ts';
export {
  type Capability,
  capabilities,
  capabilitiesOf,
  type EmbedFormat,
  type InvokeFormat,
  invokeFormats,
  type Lifecycle,
  type ModelDefinition,
  type ModelPrice,
  type ModelUpstream,
  OfferedModel,
  type StructuredOutput,
} from './model.ts';
export { locateModel, type ModelLocation } from './model-location.ts';
export { type BilledTokens, costInMicroUsd, Price } from './price.ts';
