import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { referenced, resourcesOf } from './template.ts';

const Stages = z._default(z.array(z.object({ Stage: z.optional(z.unknown()) })), []);

const planHasStage: TemplateRule = {
  name: 'plan-has-stage',
  description: 'Every usage plan covers the stage; its keys would be refused.',
  *check(template) {
    const stages = resourcesOf(template, 'AWS::ApiGateway::Stage').map(({ id }) => id);
    const plans = resourcesOf(template, 'AWS::ApiGateway::UsagePlan');
    for (const { id, properties } of plans) {
      const covered = (z.safeParse(Stages, properties['ApiStages']).data ?? []).map(({ Stage }) =>
        referenced(Stage),
      );
      for (const stage of stages) {
        if (covered.includes(stage)) continue;
        yield { resource: id, property: 'ApiStages', message: `does not cover the stage ${stage}` };
      }
    }
    if (plans.length > 0) return;
    for (const stage of stages) {
      yield { resource: stage, property: 'StageName', message: 'is covered by no usage plan; add it to one' };
    }
  },
};

const keyHasOnePlan: TemplateRule = {
  name: 'key-has-one-plan',
  description: 'Every API key is in exactly one usage plan; API Gateway takes one a stage.',
  *check(template) {
    const members = resourcesOf(template, 'AWS::ApiGateway::UsagePlanKey').map(({ properties }) =>
      referenced(properties['KeyId']),
    );
    for (const { id } of resourcesOf(template, 'AWS::ApiGateway::ApiKey')) {
      const plans = members.filter((member) => member === id).length;
      if (plans === 1) continue;
      yield {
        resource: id,
        property: 'Name',
        message: `is in ${plans} usage plans, but must be in exactly one`,
      };
    }
  },
};

export const usagePlanRules: readonly TemplateRule[] = [planHasStage, keyHasOnePlan];
