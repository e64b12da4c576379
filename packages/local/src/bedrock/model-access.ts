import {
  type Capability,
  capabilitiesOf,
  type EmbedFormat,
  type ModelDefinition,
  plainCapabilities,
} from '@org/models';
import { invalid } from './exception.ts';

/** A model that the call may reach, and what it can do. */
export interface AdmittedModel {
  /** As the call names it: an id, an inference profile, or an ARN. */
  readonly modelId: string;
  readonly maxOutputTokens: number;
  readonly can: ReadonlySet<Capability>;
  /** Whether it takes a JSON schema for its answer. */
  readonly takesOutputSchema: boolean;
  /** Whether it takes tools. */
  readonly takesTools: boolean;
  /** The body of a model that turns texts into vectors, and does nothing else. */
  readonly embeds?: EmbedFormat | undefined;
}

/** What the predecessor of this proxy called. Long past their end of life on AWS; still answered here. */
const predecessors = ['amazon.titan-text-express-v1', 'meta.llama2-70b-chat-v1'];

/**
 * Lets through what Bedrock would let through: a model where its Region offers it, a profile from where it can be
 * called, an imported model. What a model can do is what its definition says.
 *
 * @throws {BedrockException}
 */
export function admitModel(
  models: readonly ModelDefinition[],
  modelId: string,
  region: string,
): AdmittedModel {
  if (
    predecessors.includes(modelId) ||
    /^arn:aws[a-z-]*:bedrock:[^:]+:\d{12}:imported-model\//.test(modelId)
  ) {
    return {
      modelId,
      maxOutputTokens: 8192,
      can: new Set(plainCapabilities),
      takesOutputSchema: false,
      takesTools: false,
    };
  }
  for (const model of models) {
    if (modelId === model.modelId) {
      if (model.onDemandRegions?.includes(region) ?? true) return admitted(modelId, model);
      throw invalid(
        `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ` +
          'ID or ARN of an inference profile that contains this model.',
      );
    }
    for (const [prefix, sources] of Object.entries(model.inferenceProfiles ?? {})) {
      if (modelId === `${prefix}.${model.modelId}` && sources[region]) return admitted(modelId, model);
    }
  }
  throw invalid('The provided model identifier is invalid.');
}

function admitted(modelId: string, model: ModelDefinition): AdmittedModel {
  const structuredOutput = model.upstream === 'converse' ? model.structuredOutput : undefined;
  return {
    modelId,
    maxOutputTokens: model.maxOutputTokens,
    can: new Set(model.upstream === 'invoke' ? plainCapabilities : capabilitiesOf(model)),
    takesOutputSchema: structuredOutput === 'native',
    takesTools: structuredOutput !== undefined || capabilitiesOf(model).includes('tools'),
    embeds: model.upstream === 'embed' ? model.format : undefined,
  };
}
