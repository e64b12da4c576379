import { catalogueModel, type ModelDefinition, type OfferedModel } from '@org/contract';

export function aliasOf(model: OfferedModel): string {
  return typeof model === 'string' ? model : model.alias;
}

/** The definition behind an offered model, or `undefined` for an alias that the catalogue does not have. */
export function definitionOf(model: OfferedModel): ModelDefinition | undefined {
  return typeof model === 'string' ? catalogueModel(model) : model;
}
