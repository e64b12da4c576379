import { Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { defineProxyConfig } from '../../src/config/index.ts';
import { BedrockProxy, type BedrockProxyProps } from '../../src/stack/index.ts';

const config = defineProxyConfig({
  name: 'platform-llm',
  stage: 'prod',
  region: 'eu-west-1',
  models: ['nova-lite', 'nova-pro'],
  plans: {
    teams: {
      throttle: { rate: 10, burst: 20 },
      quota: { limit: 50_000, period: 'DAY' },
      models: ['nova-lite', 'nova-pro'],
      limits: { usd: { month: 100 } },
    },
  },
  teams: { search: { plan: 'teams', keys: ['search-api'] } },
});

/** A stack of a platform team: the proxy, and what belongs to it in this company. */
export class PlatformStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { lambdaDirectory, ...props }: StackProps & Omit<BedrockProxyProps, 'config'> = {},
  ) {
    super(scope, id, { ...props, env: { region: config.region } });
    const proxy = new BedrockProxy(this, 'Proxy', { config, lambdaDirectory });

    // Other stacks of the company find the proxy here.
    new StringParameter(this, 'Endpoint', {
      parameterName: '/platform/llm/endpoint',
      stringValue: proxy.endpoint,
    });

    // An alarm of your own, with the proxy's topic.
    const waiting = new Alarm(this, 'Waiting', {
      metric: proxy.table.metricSuccessfulRequestLatency({ dimensionsMap: { Operation: 'UpdateItem' } }),
      threshold: 50,
      evaluationPeriods: 3,
    });
    if (proxy.alarmTopic) waiting.addAlarmAction(new SnsAction(proxy.alarmTopic));
  }
}
