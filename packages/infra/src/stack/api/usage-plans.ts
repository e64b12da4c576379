import { Period, type Stage, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import type { ApiKeys } from './api-keys.ts';

export interface UsagePlansProps {
  readonly config: ProxyConfig;
  readonly keys: ApiKeys;
  readonly stage: Stage;
}

/**
 * One usage plan for each plan of the config, with the keys of its teams. API Gateway counts throttle and quota by key,
 * best effort.
 *
 * A key can be in one plan per stage, and CloudFormation adds it to the new plan before it removes it from the old one,
 * which API Gateway refuses. So a team needs new key names to change plans; the limits of a plan change in place.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export class UsagePlans extends Construct {
  constructor(scope: Construct, id: string, { config, keys, stage }: UsagePlansProps) {
    super(scope, id);
    for (const [name, { throttle, quota }] of Object.entries(config.plans)) {
      const plan = new UsagePlan(this, `Plan-${name}`, {
        name: `${config.name}-${config.stage}-${name}`,
        throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst },
        quota: { limit: quota.limit, period: Period[quota.period], offset: quota.offset },
        apiStages: [{ stage }],
      });
      for (const team of Object.values(config.teams)) {
        if (team.plan !== name) continue;
        for (const { name: keyName } of team.keys) {
          const key = keys.byName.get(keyName);
          if (key) plan.addApiKey(key);
        }
      }
    }
  }
}
