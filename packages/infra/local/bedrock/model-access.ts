import { catalogue, type ModelDefinition } from '@org/contract';
import { BedrockException } from './exception.ts';

/** What the predecessor of this proxy called. Long past their end of life on AWS; still answered here. */
const predecessors = ['amazon.titan-text-express-v1', 'meta.llama2-70b-chat-v1'];

/**
 * Lets through what Bedrock would let through: a model where its Region offers it, a profile from where it can be
 * called, an imported model.
 *
 * @returns The most output tokens that the model gives.
 */
export function admitModel(modelId: string, region: string): number {
  if (
    predecessors.includes(modelId) ||
    /^arn:aws[a-z-]*:bedrock:[^:]+:\d{12}:imported-model\//.test(modelId)
  ) {
    return 8192;
  }
  const models: readonly ModelDefinition[] = Object.values(catalogue);
  for (const { modelId: bareId, onDemandRegions = [], inferenceProfiles = {}, maxOutputTokens } of models) {
    if (modelId === bareId) {
      if (onDemandRegions.includes(region)) return maxOutputTokens;
      throw new BedrockException(
        'ValidationException',
        `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ` +
          'ID or ARN of an inference profile that contains this model.',
      );
    }
    for (const [prefix, sources] of Object.entries(inferenceProfiles)) {
      if (modelId === `${prefix}.${bareId}` && sources[region]) return maxOutputTokens;
    }
  }
  throw new BedrockException('ValidationException', 'The provided model identifier is invalid.');
}
