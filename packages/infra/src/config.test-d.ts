import { test } from 'vitest';
import { defineProxyConfig } from './config.ts';

const plan = {
  throttle: { rate: 1, burst: 1 },
  quota: { limit: 1, period: 'DAY' },
} as const;

test('a typed config knows its own aliases and plans', () => {
  const base = { name: 'proxy', stage: 'dev', region: 'us-east-1' };
  const team = { plan: 'starter', keys: ['k'] } as const;

  defineProxyConfig({
    ...base,
    models: ['titan'],
    plans: { starter: { ...plan, models: ['titan'] } },
    teams: { research: team },
  });

  defineProxyConfig({
    ...base,
    // @ts-expect-error The catalogue has no such alias.
    models: ['gpt'],
    plans: { starter: { ...plan, models: [] } },
    teams: { research: team },
  });

  defineProxyConfig({
    ...base,
    models: ['titan'],
    // @ts-expect-error The model is not offered.
    plans: { starter: { ...plan, models: ['llama'] } },
    teams: { research: team },
  });

  defineProxyConfig({
    ...base,
    models: ['titan'],
    plans: { starter: { ...plan, models: ['titan'] } },
    // @ts-expect-error There is no such plan.
    teams: { research: { plan: 'gold', keys: ['k'] } },
  });

  defineProxyConfig({
    ...base,
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
    teams: { research: team },
  });
});
