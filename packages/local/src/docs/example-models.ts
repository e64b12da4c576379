import { aliasOf, capabilitiesOf, definitionOf, type OfferedModel } from '@org/models';

/**
 * The same request body, whose examples ask models that are offered here: of each, the one that can most of what the
 * model of the example can.
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
