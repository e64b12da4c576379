import type { OfferedModel } from '@org/models';
import { expect, test, vi } from 'vitest';
import { parseProxyConfig } from './config.ts';

const { ended } = vi.hoisted(() => ({ ended: { status: 'end-of-life', since: '2026-11-01' } as const }));

// The catalogue of a later day, on which a model has ended.
vi.mock(import('@org/models'), async (original) => {
  const models = await original();
  const definitionOf: typeof models.definitionOf = (model) => {
    const definition = models.definitionOf(model);
    return definition && model === 'qwen3-32b' ? { ...definition, lifecycle: ended } : definition;
  };
  return { ...models, definitionOf };
});

const configOf = (model: OfferedModel) => ({
  name: 'proxy',
  stage: 'dev',
  region: 'us-east-1',
  models: [model],
  plans: {
    starter: {
      throttle: { rate: 5, burst: 10 },
      quota: { limit: 100, period: 'MONTH' },
      models: ['qwen3-32b'],
    },
  },
  teams: { research: { plan: 'starter', keys: ['research-key'] } },
});

test('a model of the catalogue that has ended is refused, with others to choose from', () => {
  expect(() => parseProxyConfig(configOf('qwen3-32b'))).toThrow(
    /models\.0: "qwen3-32b" ended on 2026-11-01 and answers no more; choose from titan, (?!.*qwen3-32b)/,
  );
});

test("a model of the deployment's own that has ended by its definition is refused as well", () => {
  const own: OfferedModel = {
    alias: 'qwen3-32b',
    upstream: 'converse',
    modelId: 'qwen.qwen3-32b-v1:0',
    capabilities: [],
    maxOutputTokens: 10,
    lifecycle: ended,
  };
  expect(() => parseProxyConfig(configOf(own))).toThrow(
    /models\.0: "qwen3-32b" ended on 2026-11-01 .*, or correct the lifecycle of its definition/,
  );
});
