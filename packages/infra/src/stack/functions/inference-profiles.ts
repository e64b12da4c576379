import { aliasOf, definitionOf, locateModel, type ModelLocation } from '@org/models';
import { Names, Stack, Tags } from 'aws-cdk-lib';
import { CfnApplicationInferenceProfile } from 'aws-cdk-lib/aws-bedrock';
import { Construct } from 'constructs';
import { planTag } from '../../config/account.ts';
import type { ProxyConfig } from '../../config/config.ts';

/** One plan's inference profile for one model. */
export interface PlanProfile {
  readonly plan: string;
  /** Of the model. */
  readonly alias: string;
  /** Only CloudFormation knows its id. */
  readonly id: string;
  readonly arn: string;
}

/**
 * An application inference profile for each plan and each of its models, with the name of the plan as a tag, if the config
 * has `costByPlan`. An imported model cannot have one.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-create.html
 */
export class InferenceProfiles extends Construct {
  readonly all: readonly PlanProfile[];

  constructor(scope: Construct, id: string, config: ProxyConfig) {
    super(scope, id);
    this.all = profiledModels(config).map(({ plan, alias, location }) => {
      const profile = new CfnApplicationInferenceProfile(this, `${plan}:${alias}`, {
        inferenceProfileName: '',
        modelSource: { copyFrom: sourceArn(Stack.of(this), location) },
      });
      profile.inferenceProfileName = Names.uniqueResourceName(profile, { maxLength: 64, separator: '-' });
      Tags.of(profile).add(planTag, plan);
      return { plan, alias, id: profile.attrInferenceProfileId, arn: profile.attrInferenceProfileArn };
    });
  }
}

/** The models that have a profile, for each plan. */
export function profiledModels(
  config: ProxyConfig,
): readonly { readonly plan: string; readonly alias: string; readonly location: ModelLocation }[] {
  if (!config.costByPlan) return [];
  const located = new Map(
    config.models.flatMap((model) => {
      const definition = definitionOf(model);
      const location = definition && locateModel(definition, config.region, config);
      return location && location.through !== 'imported-model' ? [[aliasOf(model), location] as const] : [];
    }),
  );
  return Object.entries(config.plans).flatMap(([plan, { models }]) =>
    [...new Set(models)].flatMap((alias) => {
      const location = located.get(alias);
      return location ? [{ plan, alias, location }] : [];
    }),
  );
}

function sourceArn({ partition, region, account }: Stack, { modelId, through }: ModelLocation): string {
  return through === 'model'
    ? `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`
    : `arn:${partition}:bedrock:${region}:${account}:inference-profile/${modelId}`;
}
