import { anyJson, mutationsOf, runs } from '@org/lambda/testing/fuzz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ProxyConfig, parseProxyConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

/** As many fields as a config can have. */
const config = {
  name: 'bedrock-proxy',
  stage: 'dev',
  region: 'us-east-1',
  models: [
    'llama',
    {
      alias: 'own',
      upstream: 'invoke',
      format: 'llama',
      modelId: 'arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123def456',
      maxOutputTokens: 2048,
      lifecycle: { status: 'legacy', endOfLife: '2030-01-01' },
    },
  ],
  aliases: { 'gpt-4o': 'llama' },
  plans: {
    starter: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 100, period: 'MONTH', offset: 2 },
      models: ['llama', 'own'],
      maxTokens: 100,
      clampMaxTokens: true,
      limits: { requests: { day: 10, month: 80 }, tokens: { month: null }, usd: { month: 0.25 } },
      limitsPerPerson: { requests: { day: 5 } },
      limitsPerCustomer: { tokens: { week: 100_000 } },
      limitsPerModel: { llama: { usd: { month: 0.2 } } },
      guardrail: {
        id: 'abcdefghij',
        version: '1',
        profile: { id: 'us.guardrail.v1:0', regions: ['us-east-1', 'us-east-2'] },
      },
    },
  },
  teams: {
    toll: {
      plan: 'starter',
      keys: [
        'tollmkey',
        {
          name: 'other',
          enabled: false,
          limits: { usd: { day: 1 } },
          owner: 'ann@example.com',
          note: 'the shop',
        },
      ],
    },
  },
  prices: { own: { input: 1, output: 2 } },
  timeZone: 'Europe/Berlin',
  bootstrapQualifier: 'acme',
  globalInference: true,
  accessLog: true,
  bearer: false,
  signIn: { issuer: 'https://login.example.com', audience: 'proxy', claim: 'team' },
  logRetentionDays: 30,
  alarms: { email: 'operators@example.com' },
  warnAt: [50, 90],
  concurrency: 20,
  memoryMb: 256,
  stageThrottle: { rate: 500, burst: 1000 },
  removalPolicy: 'destroy',
  tags: { CostCentre: '4711' },
  promptLog: { retentionDays: 30, plans: ['starter'] },
  traces: true,
  waf: true,
  notify: { email: 'ann@example.com', webhook: ['https://hooks.example.com/limits'] },
  dashboard: false,
  cors: { origins: ['https://app.example.com'] },
  roles: { path: '/llm/', permissionsBoundary: 'Boundary' },
  costByPlan: true,
  kmsKey: 'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-0123-4567-89ab-0a1b2c3d4e5f',
  allowFrom: ['203.0.113.0/24', '2001:db8::/32'],
  domain: {
    name: 'llm.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
    basePath: 'v1',
    disableDefaultEndpoint: true,
  },
  tlsPolicy: 'TLS_1_2',
  // A private API, which is the other, takes no domain.
} satisfies Record<Exclude<keyof ProxyConfig, 'privateApi'>, unknown>;

/** A checked config, or the faults of an invalid one; any other error is thrown on. */
function read(value: unknown) {
  try {
    return parseProxyConfig(value);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

test('any config either passes, and its result passes again unchanged, or every fault is named', () => {
  const configs = fc.oneof({ weight: 9, arbitrary: mutationsOf(config) }, { weight: 1, arbitrary: anyJson });
  fc.assert(
    fc.property(configs, (value) => {
      const outcome = read(value);
      if (outcome instanceof ConfigError) {
        expect(outcome.issues).not.toEqual([]);
        for (const { path, message } of outcome.issues) {
          expect(path).not.toBe('');
          expect(message).not.toMatch(/^$|Invalid input/);
        }
      } else {
        expect(read(outcome)).toEqual(outcome);
      }
    }),
    runs(1000),
  );
});

test('a value that JSON cannot hold is reported like any other', () => {
  const values = fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    }),
    fc.constantFrom(Symbol('x'), () => {}, Number.NaN, Number.POSITIVE_INFINITY, 10n),
  );
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(config)), values, (name, value) => {
      read({ ...config, [name]: value });
      read(value);
    }),
    runs(300),
  );
});
