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
    prices: { own: { input: 1, output: 2 } },
  });
});

test('a typed config knows its limits and prices', () => {
  const base = { name: 'proxy', stage: 'dev', region: 'us-east-1', models: ['titan'] } as const;
  const models = ['titan'] as const;
  const teams = { research: { plan: 'starter', keys: ['k'] } } as const;

  defineProxyConfig({
    ...base,
    plans: {
      starter: { ...plan, models, limits: { requests: { day: 1, month: null }, usd: { month: 0.5 } } },
    },
    teams: { research: { plan: 'starter', keys: ['k', { name: 'l', limits: { tokens: { day: 0 } } }] } },
    prices: { titan: { input: 1, output: 2, cacheRead: 0.5, cacheWrite: 1 } },
  });

  defineProxyConfig({
    ...base,
    // @ts-expect-error Words are not counted.
    plans: { starter: { ...plan, models, limits: { words: { day: 1 } } } },
    teams,
  });

  defineProxyConfig({
    ...base,
    // @ts-expect-error There is no limit of a week.
    plans: { starter: { ...plan, models, limits: { tokens: { week: 1 } } } },
    teams,
  });

  defineProxyConfig({
    ...base,
    plans: { starter: { ...plan, models } },
    // @ts-expect-error A limit is a number.
    teams: { research: { plan: 'starter', keys: [{ name: 'k', limits: { tokens: { day: '1' } } }] } },
  });

  defineProxyConfig({
    ...base,
    plans: { starter: { ...plan, models } },
    teams,
    // @ts-expect-error The model is not offered.
    prices: { llama: { input: 1, output: 2 } },
  });

  defineProxyConfig({
    ...base,
    plans: { starter: { ...plan, models } },
    teams,
    // @ts-expect-error A price has its output.
    prices: { titan: { input: 1 } },
  });
});

test('a typed config knows guardrails and global inference', () => {
  const base = { name: 'proxy', stage: 'dev', region: 'us-east-1', models: ['titan'] } as const;
  const models = ['titan'] as const;
  const teams = { research: { plan: 'starter', keys: ['k'] } } as const;

  defineProxyConfig({
    ...base,
    globalInference: true,
    plans: { starter: { ...plan, models, guardrail: { id: 'abc123', version: 'DRAFT' } } },
    teams,
  });

  defineProxyConfig({
    ...base,
    // @ts-expect-error A guardrail has its version.
    plans: { starter: { ...plan, models, guardrail: { id: 'abc123' } } },
    teams,
  });

  defineProxyConfig({
    ...base,
    // @ts-expect-error It is allowed or it is not.
    globalInference: 'eu',
    plans: { starter: { ...plan, models } },
    teams,
  });
});

test('a typed config knows how it is watched and shielded', () => {
  const base = {
    name: 'proxy',
    stage: 'dev',
    region: 'us-east-1',
    models: ['titan'],
    plans: { starter: { ...plan, models: ['titan'] } },
    teams: { research: { plan: 'starter', keys: ['k'] } },
  } as const;

  defineProxyConfig({ ...base, alarms: { email: 'a@example.com' }, waf: true, cors: { origins: ['*'] } });

  defineProxyConfig({
    ...base,
    // @ts-expect-error There are two functions, of these names.
    concurrency: { buffered: 1 },
  });

  defineProxyConfig({
    ...base,
    // @ts-expect-error The table is kept or it is not.
    removalPolicy: 'snapshot',
  });
});
