import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { resourcesOf } from './template.ts';

const Profile = z.object({ Tags: z._default(z.array(z.object({ Key: z.string(), Value: z.string() })), []) });
const UsagePlan = z.object({ UsagePlanName: z.string() });

const profileHasPlan: TemplateRule = {
  name: 'profile-has-plan',
  description: 'An inference profile has the tag of a plan of the stack, which separates plans on the bill.',
  *check(template) {
    const plans = resourcesOf(template, 'AWS::ApiGateway::UsagePlan').map(
      ({ properties }) => z.parse(UsagePlan, properties).UsagePlanName,
    );
    for (const { id, properties } of resourcesOf(template, 'AWS::Bedrock::ApplicationInferenceProfile')) {
      const tag = z.parse(Profile, properties).Tags.find(({ Key }) => Key === 'Plan');
      if (tag && plans.some((plan) => plan.endsWith(`-${tag.Value}`))) continue;
      yield { resource: id, property: 'Tags', message: 'has no tag Plan with the name of a plan' };
    }
  },
};

export const inferenceProfileRules: readonly TemplateRule[] = [profileHasPlan];
