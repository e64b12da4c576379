import type { AskCapability, ModelSummary } from '@org/contract';
import { capabilitiesOf, type ModelDefinition } from '@org/models';
import type { Caller, Config } from '../../config.ts';

/** The models that a caller may ask, as this deployment reaches them. */
export function modelsFor({ models: allowed, maxTokens }: Caller, { models }: Config): ModelSummary[] {
  return allowed.flatMap((alias) => {
    const model = models.get(alias);
    if (!model) return [];
    const { definition, modelId, price } = model;
    const { lifecycle, contextTokens } = definition;
    return {
      alias,
      modelId,
      capabilities: [...capabilitiesOf(definition)] satisfies AskCapability[],
      ...detailsOf(definition),
      contextTokens,
      maxOutputTokens: Math.min(definition.maxOutputTokens, maxTokens ?? Number.POSITIVE_INFINITY),
      lifecycle:
        lifecycle.status === 'legacy'
          ? { status: lifecycle.status, endOfLife: lifecycle.endOfLife }
          : { status: lifecycle.status },
      price: price && {
        input: price.input,
        output: price.output,
        cacheRead: price.cacheRead,
        cacheWrite: price.cacheWrite,
        cacheWrite1h: price.cacheWrite1h,
      },
    } satisfies Required<ModelSummary>;
  });
}

type Details = Required<
  Pick<ModelSummary, 'toolChoices' | 'reasoning' | 'cache' | 'serviceTiers' | 'dimensions'>
>;

function detailsOf(model: ModelDefinition): Details {
  const { toolChoices, reasoning, cache, serviceTiers } = model.upstream === 'converse' ? model : {};
  const dimensions = model.upstream === 'embed' ? model.dimensions : undefined;
  return {
    // Without its tools, any model calls none.
    toolChoices: toolChoices && [...toolChoices, 'none'],
    reasoning: reasoning && { efforts: [...reasoning.efforts], default: reasoning.default },
    cache: cache?.points && { ttls: [...cache.points.ttls], minimumTokens: cache.points.minimumTokens },
    serviceTiers: serviceTiers && [...serviceTiers],
    dimensions: dimensions && [...dimensions],
  };
}
