import { aliasOf, definitionOf, locateModel, type ModelLocation } from '@org/models';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ProxyConfig } from '../../config/config.ts';
import type { PlanProfile } from './inference-profiles.ts';

/**
 * The statements that let a function call exactly the models of the config: by their bare id in the Region, or
 * through an inference profile in the profile's destination Regions, and there only through that profile.
 *
 * `InvokeModel` also authorizes Converse, and `InvokeModelWithResponseStream` ConverseStream. `CountTokens` exists only
 * for foundation models, and is called only under limits. Every deployment may have limits, because a key made at
 * run time can bring its own.
 *
 * @param arnParts Partition and account of the deployment, which CloudFormation may know only later.
 * @param profiles The plans' inference profiles, through which the models may be called as well.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
 */
export function bedrockStatements(
  config: ProxyConfig,
  arnParts: { readonly partition: string; readonly account: string },
  profiles: readonly PlanProfile[] = [],
): PolicyStatement[] {
  const { partition, account } = arnParts;
  const { region, globalInference } = config;
  const actions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
  const foundationModel = (modelRegion: string, modelId: string) =>
    `arn:${partition}:bedrock:${modelRegion}::foundation-model/${modelId}`;

  // Two aliases may name one model.
  const locations = new Map<
    string,
    ModelLocation & { readonly foundationModelId: string; readonly profiles: readonly string[] }
  >();
  const counted = new Set<string>();
  for (const model of config.models) {
    const definition = definitionOf(model);
    const location = definition && locateModel(definition, region, { globalInference });
    if (definition && location) {
      const alias = aliasOf(model);
      const ofModel = profiles.filter((profile) => profile.alias === alias).map(({ arn }) => arn);
      const earlier = locations.get(location.modelId)?.profiles ?? [];
      locations.set(location.modelId, {
        ...location,
        foundationModelId: definition.modelId,
        profiles: [...earlier, ...ofModel],
      });
      if (definition.upstream === 'converse' && definition.countTokens) {
        counted.add(foundationModel(region, definition.modelId));
      }
    }
  }

  const direct: string[] = [];
  const throughProfile: PolicyStatement[] = [];
  for (const { through, modelId, regions, foundationModelId, profiles: ofPlans } of locations.values()) {
    direct.push(...ofPlans);
    if (through === 'imported-model') {
      direct.push(modelId);
    } else if (through === 'model') {
      direct.push(foundationModel(region, modelId));
    } else {
      const profile = `arn:${partition}:bedrock:${region}:${account}:inference-profile/${modelId}`;
      direct.push(profile);
      throughProfile.push(
        new PolicyStatement({
          actions,
          resources: regions.map((destination) => foundationModel(destination, foundationModelId)),
          conditions: {
            StringEquals: {
              'bedrock:InferenceProfileArn': ofPlans.length > 0 ? [profile, ...ofPlans] : profile,
            },
          },
        }),
      );
    }
  }
  const counts = new PolicyStatement({ actions: ['bedrock:CountTokens'], resources: [...counted] });
  return [
    new PolicyStatement({ actions, resources: direct }),
    ...throughProfile,
    ...(counted.size > 0 ? [counts] : []),
  ];
}
