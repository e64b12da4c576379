import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** An application inference profile as deployed: another name for a model, by which AWS's bill is divided. */
export interface InferenceProfile {
  /** What a call names. */
  readonly arn: string;
  /** Id of the model, or of the cross-Region profile, that it stands for. */
  readonly modelId: string;
}

const ProfileProperties = z.object({ ModelSource: z.object({ CopyFrom: z.string() }) });

export function readInferenceProfiles(resolver: Resolver): InferenceProfile[] {
  return resolver.idsOf('AWS::Bedrock::ApplicationInferenceProfile').map((logicalId) => {
    const { CopyFrom: source } = resolver.read(logicalId, ProfileProperties).ModelSource;
    const [, modelId] =
      /^arn:[^:]+:bedrock:[^/]+:(?:foundation-model|inference-profile)\/(.+)$/.exec(source) ?? [];
    if (modelId === undefined) {
      throw new TemplateError(`${logicalId}: CopyFrom ${source} is neither a model nor an inference profile`);
    }
    return { arn: resolver.getAtt(logicalId, 'InferenceProfileArn'), modelId };
  });
}
