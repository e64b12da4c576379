import { aliasOf, capabilitiesOf, definitionOf, type OfferedModel } from '@org/models';

/**
 * Replaces the models in the examples of a request body by models that are offered here: by the one that shares most
 * capabilities with the example's model.
 */
export function withModels(body: unknown, models: readonly OfferedModel[]): unknown {
  const replace = (name: string, value: unknown) =>
    name === 'model' && typeof value === 'string' ? likest(value, models) : value;
  return JSON.parse(JSON.stringify(body), replace);
}

function likest(alias: string, models: readonly OfferedModel[]): string {
  const offered = models.map(aliasOf);
  if (offered.includes(alias)) return alias;
  const wanted = capabilities(alias);
  const inCommon = (model: OfferedModel) =>
    capabilities(model).filter((each) => wanted.includes(each)).length;
  const [best] = models.filter((model) => inCommon(model) > 0).toSorted((a, b) => inCommon(b) - inCommon(a));
  return best === undefined ? alias : aliasOf(best);
}

function capabilities(model: OfferedModel) {
  const definition = definitionOf(model);
  return definition ? capabilitiesOf(definition) : [];
}
