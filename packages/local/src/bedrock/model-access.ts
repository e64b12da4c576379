import {
  type Capability,
  capabilitiesOf,
  type EmbedFormat,
  type ModelDefinition,
  plainCapabilities,
  type Reasoning,
  type ToolChoiceKind,
} from '@org/models';
import { invalid } from './exception.ts';
import type { SimulatedModel } from './model/simulated-model.ts';

/** A model that the call may reach, and its capabilities. */
export interface AdmittedModel extends SimulatedModel {
  /** As in the call: an id, an inference profile, or an ARN. */
  readonly modelId: string;
  readonly maxOutputTokens: number;
  readonly can: ReadonlySet<Capability>;
  /** Whether it takes a JSON schema for the answer. */
  readonly takesOutputSchema: boolean;
  /** The tool choices that it takes; empty if it calls no tools. */
  readonly toolChoices: readonly ToolChoiceKind[];
  /** How it thinks; left out if it does not. */
  readonly reasoning?: Reasoning | undefined;
  /** For an embeddings model, which does nothing else: its body and the possible dimensions. */
  readonly embeds?: { readonly format: EmbedFormat; readonly dimensions: readonly number[] } | undefined;
}

/** Models that this proxy's predecessor called. AWS retired them long ago; here they still answer. */
const predecessors = ['amazon.titan-text-express-v1', 'meta.llama2-70b-chat-v1'];

/**
 * Admits the calls that Bedrock would admit: a model in a Region that offers it, a profile in its source Regions, an
 * imported model. A model's capabilities are those of its definition.
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
    return { ...plain, modelId, maxOutputTokens: 8192, can: new Set(plainCapabilities) };
  }
  for (const model of models) {
    if (modelId === model.modelId) {
      if (isOnDemandIn(model, region)) return admitted(modelId, model);
      throw invalid(
        `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ` +
          'ID or ARN of an inference profile that contains this model.',
      );
    }
    if (profilesFrom(model, region).includes(modelId)) return admitted(modelId, model);
  }
  throw invalid('The provided model identifier is invalid.');
}

/**
 * The same for CountTokens, which takes only a model's bare id, even if the model can only be called through profiles.
 *
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
 */
export function admitCounted(
  models: readonly ModelDefinition[],
  modelId: string,
  region: string,
): AdmittedModel {
  const model = models.find((each) => each.modelId === modelId);
  const isOffered = model && (isOnDemandIn(model, region) || profilesFrom(model, region).length > 0);
  if (isOffered && model.upstream === 'converse' && model.countTokens) return admitted(modelId, model);
  if (!isOffered) admitModel(models, modelId, region);
  throw invalid("The provided model doesn't support counting tokens.");
}

function isOnDemandIn({ onDemandRegions }: ModelDefinition, region: string): boolean {
  return onDemandRegions?.includes(region) ?? true;
}

function profilesFrom({ modelId, inferenceProfiles = {} }: ModelDefinition, region: string): string[] {
  return Object.entries(inferenceProfiles).flatMap(([prefix, sources]) =>
    sources[region] ? [`${prefix}.${modelId}`] : [],
  );
}

function admitted(modelId: string, model: ModelDefinition): AdmittedModel {
  const { maxOutputTokens, contextTokens, imageTokens } = model;
  const common = { modelId, maxOutputTokens, contextTokens, imageTokens };
  switch (model.upstream) {
    case 'converse':
      return {
        ...common,
        can: new Set(capabilitiesOf(model)),
        takesOutputSchema: model.structuredOutput === 'native',
        toolChoices: model.toolChoices ?? [],
        reasoning: model.reasoning,
        cachePoints: model.cache?.points,
        isClaude: model.messagesApi ?? false,
      };
    case 'invoke':
      return { ...common, ...plain, can: new Set(plainCapabilities) };
    case 'embed': {
      const { format, dimensions = [] } = model;
      return { ...common, ...plain, can: new Set(), embeds: { format, dimensions } };
    }
  }
}

const plain = { takesOutputSchema: false, toolChoices: [], isClaude: false } as const;
