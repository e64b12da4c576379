import type { ModelDefinition } from './models.ts';

/** How a model is reached from one Region. */
export interface ModelLocation {
  /** What Bedrock is called with: a model id, an inference profile id, or an imported model's ARN. */
  readonly modelId: string;
  /** Regions that may answer; more than one only through an inference profile. */
  readonly regions: readonly string[];
  readonly through: 'model' | 'inference-profile' | 'imported-model';
}

/**
 * Finds how `model` is called from `region`: on demand where the Region itself offers it (data stays there),
 * else through the Region's inference profile, else `undefined`.
 *
 * Calling a model that is offered only through a profile by its bare id is refused by Bedrock ("on-demand
 * throughput isn't supported"), so the id is never guessed.
 */
export function locateModel(model: ModelDefinition, region: string): ModelLocation | undefined {
  if (model.modelId.startsWith('arn:')) {
    return { modelId: model.modelId, regions: [region], through: 'imported-model' };
  }
  if (model.onDemandRegions === undefined || model.onDemandRegions.includes(region)) {
    return { modelId: model.modelId, regions: [region], through: 'model' };
  }
  for (const [prefix, sources] of Object.entries(model.inferenceProfiles ?? {})) {
    const regions = sources[region];
    if (regions) {
      return { modelId: `${prefix}.${model.modelId}`, regions, through: 'inference-profile' };
    }
  }
  return undefined;
}
