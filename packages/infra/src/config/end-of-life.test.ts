import type { OfferedModel } from '@org/models';
import { expect, test, vi } from 'vitest';
import { config, plan } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';

const { ended } = vi.hoisted(() => ({ ended: { status: 'end-of-life', since: '2026-11-01' } as const }));

// The catalogue on a later day, when a model has ended.
vi.mock(import('@org/models'), async (original) => {
  const models = await original();
  const definitionOf: typeof models.definitionOf = (model) => {
    const definition = models.definitionOf(model);
    return definition && model === 'qwen3-32b' ? { ...definition, lifecycle: ended } : definition;
  };
  return { ...models, definitionOf };
});

const configOf = (model: OfferedModel) => ({
  ...config,
  models: [model],
  plans: { starter: { ...plan, models: ['qwen3-32b'] } },
});

test('a model of the catalogue that has ended is refused, with others to choose from', () => {
  expect(() => parseProxyConfig(configOf('qwen3-32b'))).toThrow(
    /models\.0: "qwen3-32b" ended on 2026-11-01 and no longer answers; choose from titan, (?!.*qwen3-32b)/,
  );
});

test("the deployment's own model is refused too if it has ended by its definition", () => {
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
