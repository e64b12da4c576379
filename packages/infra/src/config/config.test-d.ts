import { test } from 'vitest';
import { defineProxyConfig } from './config.ts';

const plan = {
  throttle: { rate: 1, burst: 1 },
  quota: { limit: 1, period: 'DAY' },
  models: ['titan'],
} as const;

const config = {
  name: 'proxy',
  stage: 'dev',
  region: 'us-east-1',
  models: ['titan'],
  plans: { starter: plan },
  teams: { research: { plan: 'starter', keys: ['k'] } },
} as const;

test('a typed config knows its own aliases and plans', () => {
  defineProxyConfig(config);

  // @ts-expect-error The catalogue has no such alias.
  defineProxyConfig({ ...config, models: ['gpt'] });

  // @ts-expect-error The model is not offered.
  defineProxyConfig({ ...config, plans: { starter: { ...plan, models: ['llama'] } } });

  // @ts-expect-error There is no such plan.
  defineProxyConfig({ ...config, teams: { research: { plan: 'gold', keys: ['k'] } } });

  defineProxyConfig({ ...config, aliases: { 'gpt-4o': 'titan' } });

  // @ts-expect-error The model is not offered.
  defineProxyConfig({ ...config, aliases: { 'gpt-4o': 'llama' } });

  // @ts-expect-error The model is not offered.
  defineProxyConfig({ ...config, prices: { llama: { input: 1, output: 2 } } });

  defineProxyConfig({
    ...config,
    models: [
      'titan',
      {
        alias: 'own',
        upstream: 'invoke',
        format: 'llama',
        modelId: 'arn:aws:bedrock:us-east-1:111122223333:imported-model/abc',
        maxOutputTokens: 2048,
        lifecycle: { status: 'active' },
      },
    ],
    plans: { starter: { ...plan, models: ['titan', 'own'] } },
    prices: { own: { input: 1, output: 2 } },
  });
});
