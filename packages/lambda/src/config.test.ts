import { describe, expect, test } from 'vitest';
import { callerOf, readConfig } from './config.ts';
import type { ProxyEnvironment } from './environment.ts';
import { deployedCaller } from './testing/deployed-caller.ts';

const environment: ProxyEnvironment = {
  metrics: 'proxy-test',
  models: ['titan', 'llama'],
  plans: { small: { models: ['llama'], maxTokens: 256 } },
  teams: { acme: 'small' },
  keys: { abcdefghij: 'acme' },
};

const read = (proxy: unknown, region = 'us-east-1') =>
  readConfig({ AWS_REGION: region, PROXY_TABLE: 'table', PROXY_CONFIG: JSON.stringify(proxy) });

test("a key id leads to its team, its plan and the plan's contents", () => {
  expect(deployedCaller(read(environment), 'abcdefghij')).toEqual({
    keyId: 'abcdefghij',
    team: 'acme',
    plan: 'small',
    models: ['llama'],
    maxTokens: 256,
    clampMaxTokens: false,
    guardrail: undefined,
    inferenceProfiles: new Map(),
    scopes: [],
  });
});

test("a plan's inference profiles are whole ARNs, also for keys made later", () => {
  const inferenceProfileArn = 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/';
  const plans = { small: { models: ['llama', 'titan'], inferenceProfiles: { llama: 'abcdefghijkl' } } };
  const config = read({ ...environment, plans, inferenceProfileArn });
  const small = config.plans.get('small');
  if (!small) throw new Error('There is no plan.');
  const later = callerOf({ keyId: 'later', team: 'made', plan: 'small' }, small);
  for (const caller of [deployedCaller(config, 'abcdefghij'), later]) {
    expect([...(caller?.inferenceProfiles ?? [])]).toEqual([['llama', `${inferenceProfileArn}abcdefghijkl`]]);
  }
});

test('a key with its own limits counts for itself and for its team', () => {
  const limits = { requests: { month: 10 } };
  const plans = { small: { models: ['llama'], limits: { usd: { month: 5 } } } };
  const keys = { abcdefghij: { team: 'acme', limits } };
  expect(deployedCaller(read({ ...environment, plans, keys }), 'abcdefghij')?.scopes).toEqual([
    { kind: 'key', id: 'abcdefghij', limits },
    { kind: 'team', id: 'acme', limits: { usd: { month: 5 } } },
  ]);
});

test("a deployment's own price replaces the catalogue's", () => {
  const { models } = read({ ...environment, prices: { llama: { input: 1, output: 2 } } });
  expect(models.get('llama')?.price).toEqual({ input: 1, output: 2 });
  expect(models.get('titan')?.price).toMatchObject({ input: 0.035, output: 0.14 });
});

test("an alias leads to Bedrock's model id in this Region", () => {
  expect(read(environment).models.get('llama')?.modelId).toBe('us.meta.llama4-maverick-17b-instruct-v1:0');
});

test("a deployment's own definition replaces the catalogue's", () => {
  const titan = {
    alias: 'titan',
    upstream: 'invoke',
    format: 'titan-text',
    modelId: 'amazon.titan-text-express-v1',
    maxOutputTokens: 8192,
    lifecycle: { status: 'end-of-life', since: '2025-08-15' },
  };
  expect(read({ ...environment, models: [titan] }).models.get('titan')?.modelId).toBe(
    'amazon.titan-text-express-v1',
  );
});

test.each([
  [
    'an alias that the catalogue lacks',
    { ...environment, models: ['lama'] },
    'the catalogue has no model "lama"',
  ],
  ['a key of no team', { ...environment, teams: {} }, 'keys.abcdefghij: there is no team "acme"'],
  ['a team of no plan', { ...environment, plans: {} }, 'teams.acme: there is no plan "small"'],
  ['a field of the wrong type', { ...environment, models: 'llama' }, 'models: Invalid input: expected array'],
])('%s stops the function from starting', (_fault, proxy, reason) => {
  expect(() => read(proxy)).toThrow(reason);
});

test('a model that the Region does not offer stops the function from starting', () => {
  expect(() => read(environment, 'eu-west-1')).toThrow('"llama" is not offered in eu-west-1');
});

test('a missing or broken variable is named', () => {
  const set = { AWS_REGION: 'us-east-1', PROXY_TABLE: 'table' };
  expect(() => readConfig({ ...set, PROXY_TABLE: undefined })).toThrow(
    'PROXY_TABLE is not valid: it is not set',
  );
  expect(() => readConfig({ ...set, PROXY_CONFIG: '{' })).toThrow('it is not JSON');
  expect(() => readConfig({})).toThrow('AWS_REGION is not set');
});

describe('a config that does not fit into the environment', () => {
  const file = {
    ...environment,
    plans: { small: { models: ['llama', 'titan'], inferenceProfiles: { llama: 'TagOfL', titan: 'TagOfT' } } },
    keys: { TagOfA: 'acme', TagOfB: { team: 'acme', limits: { requests: { day: 1 } } } },
    inferenceProfileArn: 'arn',
  };
  const withFile = (text: string, ids: string | undefined) =>
    readConfig({ AWS_REGION: 'us-east-1', PROXY_TABLE: 'table', PROXY_IDS: ids }, () => text);

  test('is in the file beside the code, and its ids are in the environment', () => {
    const config = withFile(
      JSON.stringify(file),
      'TagOfA=abcdefghij,TagOfB=klmnopqrst,TagOfL=profile1,arn=arn:aws:bedrock:us-east-1:1:p/',
    );
    expect([...config.keys.keys()]).toEqual(['abcdefghij', 'klmnopqrst']);
    expect(config.keys.get('klmnopqrst')).toEqual({ team: 'acme', limits: { requests: { day: 1 } } });
    expect([...(deployedCaller(config, 'abcdefghij')?.inferenceProfiles ?? [])]).toEqual([
      ['llama', 'arn:aws:bedrock:us-east-1:1:p/profile1'],
    ]);
  });

  test('has no keys whose ids are not known yet, and ignores ids of keys that it does not have', () => {
    const config = withFile(JSON.stringify(file), 'TagOfB=klmnopqrst,TagOfC=uvwxyzabcd');
    expect([...config.keys.keys()]).toEqual(['klmnopqrst']);
    expect(withFile(JSON.stringify({ ...file, keys: {} }), undefined).keys.size).toBe(0);
  });

  test('stops the function from starting if the file is broken', () => {
    expect(() => withFile('{', '')).toThrow('The file config.json is not valid: it is not JSON');
    expect(() => withFile('{"models":7}', '')).toThrow('The file config.json is not valid: metrics: ');
  });
});
