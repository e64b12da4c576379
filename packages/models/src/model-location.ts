import type { ModelDefinition } from './model.ts';

/** How a model is reached from one Region. */
export interface ModelLocation {
  /** What Bedrock is called with: a model id, an inference profile id, or an imported model's ARN. */
  readonly modelId: string;
  /**
   * Regions that may answer; more than one only through an inference profile. In a global profile, the empty string
   * stands for every commercial Region, as in the ARN `arn:aws:bedrock:::foundation-model/...`.
   */
  readonly regions: readonly string[];
  readonly through: 'model' | 'inference-profile' | 'imported-model';
}

/** The prefix of the profiles whose calls any commercial Region may answer. */
const globalPrefix = 'global';

/**
 * Finds how `model` is called from `region`: on demand if the Region itself offers it (data stays there),
 * else through the inference profile of the Region's geography, else, if that is allowed, through a global one,
 * else `undefined`.
 *
 * Bedrock refuses the bare id of a model that is offered only through a profile ("on-demand
 * throughput isn't supported"), so the id is never guessed.
 */
export function locateModel(
  model: ModelDefinition,
  region: string,
  { globalInference = false }: { readonly globalInference?: boolean | undefined } = {},
): ModelLocation | undefined {
  if (model.modelId.startsWith('arn:')) {
    return { modelId: model.modelId, regions: [region], through: 'imported-model' };
  }
  if (model.onDemandRegions === undefined || model.onDemandRegions.includes(region)) {
    return { modelId: model.modelId, regions: [region], through: 'model' };
  }
  const { [globalPrefix]: worldwide, ...geographic } = model.inferenceProfiles ?? {};
  const profiles = Object.entries(geographic);
  if (globalInference && worldwide) profiles.push([globalPrefix, worldwide]);
  for (const [prefix, sources] of profiles) {
    const regions = sources[region];
    if (regions) {
      return { modelId: `${prefix}.${model.modelId}`, regions, through: 'inference-profile' };
    }
  }
  return undefined;
}
