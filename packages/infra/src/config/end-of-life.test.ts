import { catalogue, type OfferedModel } from '@org/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config, plan } from '../testing/config-under-test.ts';
import { parseProxyConfig } from './config.ts';

const ended = { status: 'end-of-life', since: '2026-11-01' } as const;

// The catalogue on a later day, when a model has ended.
const model = catalogue['qwen3-32b'];
const { lifecycle } = model;
beforeAll(() => void Object.assign(model, { lifecycle: ended }));
afterAll(() => void Object.assign(model, { lifecycle }));

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
