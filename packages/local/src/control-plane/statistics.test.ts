import { localEndpoints, Statistics, type StatisticsOptions, type StatisticsQuery } from '@org/admin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edit } from '../testing/deployment.ts';
import { startTestGateway } from '../testing/gateway.ts';

const group = '/aws/lambda/accounts-dev';
const dayMs = 24 * 60 * 60 * 1000;

/** A gateway whose function logs what it is told to, as the function of the deployment `accounts-dev`. */
async function start(options: StatisticsOptions = {}) {
  let now = Date.parse('2026-11-22T12:00:00Z');
  const gateway = await startTestGateway({
    editTemplate: (template) =>
      edit(template, 'Main', { FunctionName: 'main', LoggingConfig: { LogGroup: group } }),
    clock: { now: () => now },
  });
  const statistics = new Statistics(
    {
      name: 'accounts-dev',
      config: { name: 'accounts', stage: 'dev', timeZone: 'Europe/Berlin', logRetentionDays: 30 },
      endpoints: await localEndpoints(gateway.url, 'Test'),
      now: () => now,
    },
    options,
  );
  return {
    setTime(time: string): void {
      now = Date.parse(time);
    },
    async log(lines: readonly object[]): Promise<void> {
      const steps = lines.map((line) => ['log', JSON.stringify(line)] as const);
      const answer = await gateway.stream([['metadata', {}], ...steps, ['write', 'done'], ['end']]);
      expect(await answer.text()).toBe('done');
    },
    over: (query: Partial<StatisticsQuery> = {}) =>
      statistics.over({ from: '2026-11-20', to: '2026-11-30', ...query }),
  };
}

const line = (fields: object, charged?: object) => ({
  ...{ message: 'request', day: '2026-11-22', totalMs: 1000 },
  ...fields,
  ...(charged && {
    charged: { requests: 1, tokens: 10, usd: 2_000_000, ...charged },
    ...{ InputTokens: 8, OutputTokens: 2, usage: { cacheReadTokens: 4 } },
  }),
});

test('a report has what calls used and how they ended, by day and team', async () => {
  const { over, log } = await start();
  await log([
    line({ team: 'acme', totalMs: 100 }, {}),
    line({ team: 'acme', totalMs: 300, code: 'upstream_error' }, { usd: 500_000 }),
    line({ team: 'acme', code: 'quota_exceeded' }),
    line({ team: 'acme', code: 'quota_exceeded' }),
    line({ team: 'initech', totalMs: 9000 }, { usd: 4_000_000 }),
    // The caller was not known yet.
    line({ code: 'limits_unavailable' }),
    // It lists models, so it costs nothing.
    line({ team: 'acme' }),
    line({ team: 'acme', day: '2026-10-31' }, {}),
    { message: 'authorization', day: '2026-11-22', team: 'acme' },
  ]);
  const report = await over();
  expect(report).toMatchObject({ deployment: 'accounts-dev', timeZone: 'Europe/Berlin' });
  expect(report.teams).toEqual([
    {
      team: 'initech',
      ...{ requests: 1, tokens: 10, usd: 4, inputTokens: 8, outputTokens: 2, cachedTokens: 4 },
      ...{ failed: 0, refused: 0 },
    },
    {
      team: 'acme',
      ...{ requests: 2, tokens: 20, usd: 2.5, inputTokens: 16, outputTokens: 4, cachedTokens: 8 },
      ...{ failed: 1, refused: 2 },
    },
  ]);
  expect(report.others).toMatchObject({ requests: 0, refused: 1 });
  expect(report.total).toMatchObject({ requests: 3, usd: 6.5, failed: 1, refused: 3 });
  expect(report.errors).toEqual([
    { code: 'quota_exceeded', failed: 0, refused: 2 },
    expect.objectContaining({ failed: 1, refused: 0 }),
    expect.objectContaining({ failed: 0, refused: 1 }),
  ]);
  const [first] = report.days;
  expect(first).toMatchObject({ day: '2026-11-20', isOver: true, teams: [], total: { requests: 0 } });
  expect(first?.latency).toBeUndefined();
  // Days to come are left out.
  const today = report.days.at(-1);
  expect(today).toMatchObject({ day: '2026-11-22', isOver: false, total: report.total, teams: report.teams });
  const ofTeam = await over({ team: 'acme' });
  expect(ofTeam.total).toMatchObject({ requests: 2, refused: 2 });
  expect(ofTeam.latency?.calls).toBe(2);
  const apart = await over({ apart: 1 });
  expect([apart.teams.map(({ team }) => team), apart.others.requests, apart.days.at(-1)?.others.usd]).toEqual(
    [['initech'], 2, 2.5],
  );
});

test('however calls are spread over days and teams, everything adds up, and percentiles are within 3 %', async () => {
  const { over, log, setTime } = await start();
  const call = fc.record({
    fields: fc.record({
      day: fc.constantFrom('2026-11-20', '2026-11-21', '2026-11-22'),
      totalMs: fc.integer({ min: 20, max: 900_000 }),
      code: fc.option(fc.constantFrom('upstream_error', 'internal'), { nil: undefined }),
      part: fc.nat(2),
    }),
    charged: fc.option(fc.record({ tokens: fc.nat(100_000), usd: fc.nat(10_000_000) }), { nil: undefined }),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 20 }), async (calls) => {
      run += 1;
      const team = `team${run}`;
      for (const [day, of] of Map.groupBy(calls, ({ fields }) => fields.day)) {
        setTime(`${day}T12:00:00Z`);
        await log(of.map(({ fields, charged }) => line({ ...fields, team }, charged)));
      }
      setTime('2026-11-22T13:00:00Z');
      const report = await over({ team });
      const charged = calls.flatMap(({ charged }) => charged ?? []);
      expect(Math.round(report.total.usd * 1e6)).toBe(charged.reduce((sum, { usd }) => sum + usd, 0));
      expect(report.total.tokens).toBe(charged.reduce((sum, { tokens }) => sum + tokens, 0));
      const sumOf = (name: 'requests' | 'tokens' | 'failed' | 'refused') =>
        report.days.reduce((sum, day) => sum + day.total[name], 0);
      for (const name of ['requests', 'tokens', 'failed', 'refused'] as const)
        expect(sumOf(name)).toBe(report.total[name]);
      const ended = report.errors.reduce((sum, { failed, refused }) => sum + failed + refused, 0);
      expect(ended).toBe(calls.filter(({ fields: { code } }) => code !== undefined).length);
      const durations = calls
        .filter((each) => each.charged)
        .map(({ fields: { totalMs } }) => totalMs)
        .toSorted((one, other) => one - other);
      expect(report.latency?.calls ?? 0).toBe(durations.length);
      for (const [name, share] of [
        ['p50Ms', 0.5],
        ['p95Ms', 0.95],
      ] as const) {
        const exact = durations[Math.ceil(durations.length * share) - 1];
        if (exact === undefined) continue;
        expect(Math.abs((report.latency?.[name] ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.03 + 0.5);
      }
    }),
    { numRuns: 20 },
  );
});

test('a day that is over is searched once, and the present one no more often than it has to be fresh', async () => {
  const { over, log, setTime } = await start({ freshMs: 60_000 });
  const usdOf = async (query: Partial<StatisticsQuery> = {}) => {
    const { days, searchedBytes } = await over(query);
    return [days.map(({ day, total }) => [day, total.usd]), searchedBytes > 0];
  };
  const days = { from: '2026-11-21', to: '2026-11-22' };
  setTime('2026-11-21T22:00:00Z');
  await log([line({ team: 'acme', day: '2026-11-21' }, {})]);
  // Half past midnight in Berlin.
  setTime('2026-11-21T23:30:00Z');
  await log([line({ team: 'acme' }, {})]);
  expect(await usdOf(days)).toEqual([
    [
      ['2026-11-21', 2],
      ['2026-11-22', 2],
    ],
    true,
  ]);
  await log([line({ team: 'acme' }, {})]);
  expect(await usdOf(days)).toEqual([expect.arrayContaining([['2026-11-22', 2]]), false]);
  expect(await usdOf({ from: '2026-11-21', to: '2026-11-21' })).toEqual([[['2026-11-21', 2]], false]);
  setTime('2026-11-21T23:31:00Z');
  expect(await usdOf(days)).toEqual([
    [
      ['2026-11-21', 2],
      ['2026-11-22', 4],
    ],
    true,
  ]);
});

test('lines of a day that come late are in it, and a day is not over before they have come', async () => {
  const { over, log, setTime } = await start();
  const dayOf = async () => (await over({ from: '2026-11-21', to: '2026-11-21' })).days[0];
  setTime('2026-11-21T23:14:00Z');
  await log([line({ team: 'acme', day: '2026-11-21' }, {})]);
  expect(await dayOf()).toMatchObject({ isOver: false, total: { usd: 2 } });
  setTime('2026-11-21T23:31:00Z');
  expect(await dayOf()).toMatchObject({ isOver: true, total: { usd: 2 } });
});

test('days that the log has forgotten are not searched, and the report says from when on it is whole', async () => {
  const { over } = await start();
  const report = await over({ from: '2026-01-01', to: '2026-12-31' });
  expect([report.days[0]?.day, report.days.at(-1)?.day]).toEqual(['2026-10-23', '2026-11-22']);
  expect(report.keptFrom).toBe('2026-10-24');
  expect(Date.parse(report.keptFrom)).toBeGreaterThan(Date.parse('2026-11-22') - 30 * dayMs);
});

test.each([
  [{ from: '2026-02-30' }, 'not_a_day'],
  [{ to: '2026-11-22"' }, 'not_a_day'],
  [{ from: '2026-12-01' }, 'days_are_reversed'],
  [{ team: 'a" or "' }, 'invalid_name'],
])('%j is refused', async (query, code) => {
  const { over } = await start();
  await expect(over(query)).rejects.toMatchObject({ code });
});
