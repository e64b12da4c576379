import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { referenced, resourcesOf } from './template.ts';

const periods: readonly unknown[] = ['DAY', 'WEEK', 'MONTH'];

const atLeast = (smallest: number) => z.number().check(z.minimum(smallest));
const Throttle = z.object({ RateLimit: atLeast(Number.MIN_VALUE), BurstLimit: atLeast(1) });
const Quota = z.object({ Limit: atLeast(1), Period: z.string() });
const Stages = z._default(z.array(z.object({ Stage: z.optional(z.unknown()) })), []);

const planLimits: TemplateRule = {
  name: 'plan-limits',
  description: 'Every usage plan has a throttle, and a quota of a period that API Gateway knows.',
  *check(template) {
    for (const { id, properties } of resourcesOf(template, 'AWS::ApiGateway::UsagePlan')) {
      if (!z.safeParse(Throttle, properties['Throttle']).success) {
        yield {
          resource: id,
          property: 'Throttle',
          message: 'its keys may call as fast as they like; give it a rate and a burst',
        };
      }
      const { data: quota } = z.safeParse(Quota, properties['Quota']);
      if (!quota) {
        yield {
          resource: id,
          property: 'Quota',
          message: 'its keys may call as often as they like; give it a quota',
        };
      } else if (!periods.includes(quota.Period)) {
        yield {
          resource: id,
          property: 'Quota.Period',
          message: `is ${quota.Period}; it must be DAY, WEEK or MONTH`,
        };
      }
    }
  },
};

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
      yield { resource: stage, property: 'StageName', message: 'is covered by no usage plan' };
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
      yield { resource: id, property: 'Name', message: `is in ${plans} usage plans, and must be in one` };
    }
  },
};

const keyValueIsSecret: TemplateRule = {
  name: 'key-value-is-secret',
  description: 'No API key has its value in the template, which many may read; API Gateway makes it.',
  *check(template) {
    for (const { id, properties } of resourcesOf(template, 'AWS::ApiGateway::ApiKey')) {
      if (properties['Value'] === undefined) continue;
      yield { resource: id, property: 'Value', message: 'has its value in the template; leave it out' };
    }
  },
};

export const usagePlanRules: readonly TemplateRule[] = [
  planLimits,
  planHasStage,
  keyHasOnePlan,
  keyValueIsSecret,
];
