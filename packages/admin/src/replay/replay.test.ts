import type { Limits } from '@org/contract';
import { parseProxyConfig } from '@org/infra/config';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeyLimits, type ReplayOptions, replay, scopeText } from './replay.ts';

const usd = 1_000_000;

/** A config whose teams are on a plan with these limits. */
function configOf(limits: object, { models = ['nova-lite', 'nova-pro'] } = {}) {
  return parseProxyConfig({
    name: 'proxy',
    stage: 'test',
    region: 'us-east-1',
    models: ['nova-lite', 'nova-pro'],
    plans: {
      plan: {
        throttle: { rate: 1, burst: 2 },
        quota: { limit: 100_000, period: 'DAY' },
        models,
        limits,
      },
    },
    teams: { acme: { plan: 'plan', keys: ['acme-app'] } },
  });
}

/** A line as the function writes it; amounts in tokens and micro-USD. */
function line({
  at = '2026-10-05T12:00:00Z',
  ms = 1000,
  held = 1000,
  charged = 400,
  ...rest
}: Record<string, unknown> & { at?: string; ms?: number; held?: number; charged?: number } = {}) {
  const amounts = (usdAmount: number) => ({ requests: 1, tokens: 100, usd: usdAmount });
  return JSON.stringify({
    timestamp: new Date(Date.parse(at) + ms).toISOString(),
    level: 'INFO',
    message: 'request',
    totalMs: ms,
    ...{ keyId: 'key1', team: 'acme', plan: 'plan', model: 'nova-lite' },
    held: amounts(held),
    charged: amounts(charged),
    ...rest,
  });
}

const withoutHold = (rest: object) =>
  JSON.stringify({ ...JSON.parse(line()), held: undefined, charged: undefined, ...rest });

const october = (
  config: ReplayOptions['config'],
  lines: readonly string[],
  rest: Partial<ReplayOptions> = {},
) => replay(lines, { config, month: '2026-10', ...rest });

test('calls are refused from the moment at which the new limit is used up, and what they cost is saved', async () => {
  const times = ['05T08:00:00Z', '05T09:00:00Z', '05T10:00:00Z', '06T08:00:00Z'].map(
    (time) => `2026-10-${time}`,
  );
  const lines = times.map((at) => line({ at })).toReversed();
  const result = await october(configOf({ usd: { day: 1400 / usd } }), lines);
  expect(result).toMatchObject({
    calls: 4,
    refused: 1,
    spentUsd: 1600 / usd,
    admittedUsd: 1200 / usd,
    first: '2026-10-05T08:00:00.000Z',
    last: '2026-10-06T08:00:00.000Z',
  });
  expect(result.teams).toEqual([
    {
      ...{ team: 'acme', plan: 'plan', calls: 4, refused: 1, spentUsd: 1600 / usd, admittedUsd: 1200 / usd },
      firstRefused: '2026-10-05T10:00:00.000Z',
      refusals: [
        {
          ...{ code: 'quota_exceeded', scope: 'team', limit: 'usd', period: 'day', calls: 1 },
          first: '2026-10-05T10:00:00.000Z',
        },
      ],
    },
  ]);
});

test('calls in flight hold their worst case, until they ended', async () => {
  const limits = { usd: { day: 2500 / usd } };
  const at = (second: number) => `2026-10-05T12:00:0${second}Z`;
  const together = [0, 0, 0].map(() => line({ at: at(0), ms: 5000 }));
  expect((await october(configOf(limits), together)).teams[0]?.refusals).toMatchObject([
    { code: 'rate_limited', calls: 1 },
  ]);
  const oneAfterAnother = [0, 1, 2].map((second) => line({ at: at(second), ms: 1000 }));
  expect(await october(configOf(limits), oneAfterAnother)).toMatchObject({ refused: 0 });
  expect((await october(configOf({ usd: { day: 900 / usd } }), [line()])).teams[0]?.refusals).toMatchObject([
    { code: 'exceeds_limit', limit: 'usd' },
  ]);
});

test('limits that were set at run time come before those of the config', async () => {
  const lines = [5, 6].flatMap((day) => [
    line({ at: `2026-10-0${day}T08:00:00Z`, customer: 'shop' }),
    line({ at: `2026-10-0${day}T09:00:00Z` }),
  ]);
  const config = configOf({ requests: { month: 1 } });
  const set = new Map<string, Limits>([
    [scopeText({ kind: 'team', id: 'acme' }), { requests: { month: 4 } }],
    [scopeText({ kind: 'customer', team: 'acme', id: 'shop' }), { requests: { month: 1 } }],
  ]);
  expect(await october(config, lines)).toMatchObject({ refused: 3 });
  expect((await october(config, lines, { set })).teams[0]?.refusals).toMatchObject([
    { code: 'quota_exceeded', scope: 'customer', calls: 1 },
  ]);
});

test("a key's own limits count too, and a rotated key continues the counts of the key before", async () => {
  const lines = [line(), line({ at: '2026-10-05T13:00:00Z', keyId: 'key2' })];
  const own = { limits: { requests: { month: 1 } } };
  const keys = new Map<string, KeyLimits>([
    ['key1', own],
    ['key2', { ...own, countedAs: 'key1' }],
  ]);
  expect((await october(configOf({}), lines, { keys })).teams[0]?.refusals).toMatchObject([
    {
      code: 'quota_exceeded',
      scope: 'key',
      limit: 'requests',
      period: 'month',
      first: '2026-10-05T13:00:00.000Z',
    },
  ]);
  expect(await october(configOf({}), lines)).toMatchObject({ refused: 0 });
});

test('a model or plan that the config does not have refuses its calls', async () => {
  const lines = [
    line({ model: 'nova-pro' }),
    line({ team: 'made', plan: 'gone' }),
    line({ team: 'made', plan: 'plan' }),
  ];
  const { teams } = await october(configOf({}, { models: ['nova-lite'] }), lines);
  expect(teams.map(({ team, refusals }) => [team, refusals.map(({ code }) => code)])).toEqual([
    ['acme', ['model_not_allowed']],
    ['made', ['unauthenticated']],
  ]);
});

test('only calls that began in the month are replayed; those that a limit refused then are counted', async () => {
  const lines = [
    line({ at: '2026-10-31T23:59:59Z', ms: 9000 }),
    line({ at: '2026-09-30T23:59:59Z', ms: 9000 }),
    withoutHold({ code: 'quota_exceeded' }),
    withoutHold({ operation: 'models' }),
    line({ held: 0, charged: 0 }),
    line().slice(0, 100),
    'START RequestId: 1',
    '',
  ];
  expect(await october(configOf({}), lines)).toMatchObject({
    calls: 2,
    refusedThen: 1,
    unpriced: 1,
  });
});

test('the limits that admitted a month, one call after another, admit it again; and no limits save nothing', async () => {
  const call = fc.record({
    pause: fc.integer({ min: 2000, max: 40 * 3_600_000 }),
    held: fc.nat(1000),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const limit = fc.integer({ min: 0, max: 3000 }).map((most) => most / usd);
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 30 }), limit, limit, async (calls, day, month) => {
      let at = Date.parse('2026-10-01T00:00:00Z');
      const lines = calls.map(({ pause, held, part }) => {
        at += pause;
        return line({ at: new Date(at).toISOString(), held, charged: Math.floor(held * part) });
      });
      const config = configOf({ usd: { day, month } });
      const first = await october(config, lines);
      for (const refusal of first.teams.flatMap(({ refusals }) => refusals))
        expect(refusal.limit).toBe('usd');
      expect(first.admittedUsd).toBeLessThanOrEqual(month + 1e-9);
      expect(await october(configOf({}), lines)).toMatchObject({
        refused: 0,
        spentUsd: first.spentUsd,
        admittedUsd: first.spentUsd,
      });
    }),
    { numRuns: 50 },
  );
});
