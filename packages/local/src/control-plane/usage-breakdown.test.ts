import { localEndpoints, usageBreakdown, usageDimensions } from '@org/admin';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edit } from '../testing/deployment.ts';
import { startTestGateway } from '../testing/gateway.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const group = '/aws/lambda/accounts-dev';
const usd = 1e6;

/** A gateway whose function logs what it is told to, as the function of the deployment `accounts-dev`. */
async function start() {
  let now = noon;
  let lookedUp = 0;
  const gateway = await startTestGateway({
    editTemplate: (template) =>
      edit(template, 'Main', { FunctionName: 'main', LoggingConfig: { LogGroup: group } }),
    clock: { now: () => now },
  });
  const deployment = {
    name: 'accounts-dev',
    config: { name: 'accounts', stage: 'dev', timeZone: 'UTC' },
    endpoints: await localEndpoints(gateway.url, 'Test'),
  };
  return {
    setTime(time: string): void {
      now = Date.parse(time);
    },
    async log(lines: readonly object[]): Promise<void> {
      const steps = lines.map((line) => ['log', JSON.stringify(line)] as const);
      const answer = await gateway.stream([['metadata', {}], ...steps, ['write', 'done'], ['end']]);
      expect(await answer.text()).toBe('done');
    },
    breakdown: (query: Partial<Parameters<typeof usageBreakdown>[1]>) =>
      usageBreakdown(deployment, { by: [], from: '2026-11-01', to: '2026-11-30', ...query }, async () => {
        lookedUp += 1;
        return new Map([
          ['id1', 'app'],
          ['id2', 'made'],
        ]);
      }),
    lookedUp: () => lookedUp,
  };
}

const line = (fields: object, charged: { requests?: number; tokens?: number; usd?: number } = {}) => ({
  timestamp: '2026-11-22T12:00:00.000Z',
  message: 'request',
  day: '2026-11-22',
  ...fields,
  charged: { requests: 1, tokens: 10, usd: 2, ...charged },
  ...{ InputTokens: 7, OutputTokens: 3 },
});

test('a key that is gone has the name that its lines have, and no name is looked up that they have', async () => {
  const { breakdown, log, lookedUp } = await start();
  await log([
    line({ keyId: 'gone' }),
    line({ keyId: 'gone', keyName: 'app-of-old' }),
    line({ keyId: 'other', keyName: 'other-app' }),
  ]);
  const { rows } = await breakdown({ by: ['key'] });
  expect(rows.map(({ of, keyId, requests }) => [of.key, keyId, requests])).toEqual([
    ['app-of-old', 'gone', 2],
    ['other-app', 'other', 1],
  ]);
  expect(lookedUp()).toBe(0);
  await log([line({ keyId: 'id1' })]);
  expect((await breakdown({ by: ['key'] })).rows.map(({ of }) => of.key)).toContain('app');
  expect(lookedUp()).toBe(1);
});

test('a breakdown divides calls by what their lines say, names keys, and knows the last call', async () => {
  const { breakdown, log } = await start();
  await log([
    line({ team: 'acme', keyId: 'id1', model: 'nova-lite' }),
    line({ team: 'acme', keyId: 'id1', model: 'llama', timestamp: '2026-11-22T13:00:00.000Z' }),
    line({ team: 'acme', keyId: 'id2', model: 'llama', code: 'upstream_error' }),
    line({ team: 'acme', keyId: 'id3', model: 'llama', day: '2026-10-31' }),
    // Refused: it has no charge.
    { message: 'request', day: '2026-11-22', team: 'acme', code: 'quota_exceeded' },
    { message: 'authorization', day: '2026-11-22', team: 'acme' },
  ]);
  const { rows, total, source } = await breakdown({ by: ['team', 'key'] });
  expect(source).toBe('log');
  expect(rows).toEqual([
    {
      of: { team: 'acme', key: 'app' },
      keyId: 'id1',
      ...{ requests: 2, tokens: 20, usd: 4 / usd, inputTokens: 14, outputTokens: 6, errors: 0 },
      lastCall: '2026-11-22T13:00:00.000Z',
    },
    {
      of: { team: 'acme', key: 'made' },
      keyId: 'id2',
      ...{ requests: 1, tokens: 10, usd: 2 / usd, inputTokens: 7, outputTokens: 3, errors: 1 },
      lastCall: '2026-11-22T12:00:00.000Z',
    },
  ]);
  expect(total).toMatchObject({ requests: 3, usd: 6 / usd });
  const ofDay = await breakdown({ by: ['day', 'model'], from: '2026-10-31', to: '2026-10-31' });
  expect(ofDay.rows).toEqual([]);
  const october = await breakdown({ by: ['key'], from: '2026-10-31' });
  expect(october.rows.map(({ of }) => of.key)).toEqual(['app', 'id3', 'made']);
});

test('however calls are grouped, the rows add up to the charges of all calls', async () => {
  const { breakdown, log } = await start();
  const name = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
  const call = fc.record({
    fields: fc.record({
      plan: name,
      keyId: name,
      person: name,
      customer: name,
      model: name,
      day: fc.constantFrom('2026-10-31', '2026-11-01', '2026-11-22', '2026-11-30', '2026-12-01'),
      code: fc.option(fc.constant('upstream_error'), { nil: undefined }),
    }),
    charged: fc.record({ requests: fc.nat(1), tokens: fc.nat(100_000), usd: fc.nat(10_000_000) }),
  });
  let team = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 20 }),
      fc.uniqueArray(fc.constantFrom(...usageDimensions)),
      async (calls, by) => {
        team += 1;
        await log(calls.map(({ fields, charged }) => line({ ...fields, team: `team${team}` }, charged)));
        const { rows, total } = await breakdown({ by, team: `team${team}` });
        const within = calls.filter(({ fields: { day } }) => day.startsWith('2026-11'));
        const sum = (amounts: readonly number[]) => amounts.reduce((all, amount) => all + amount, 0);
        for (const kind of ['requests', 'tokens', 'usd'] as const) {
          const charged = sum(within.map((each) => each.charged[kind]));
          const unit = kind === 'usd' ? usd : 1;
          expect(Math.round(sum(rows.map((row) => row[kind])) * unit)).toBe(charged);
          expect(total[kind]).toBe(charged / unit);
        }
        const places = rows.map(({ of, keyId }) => JSON.stringify([of, keyId]));
        expect(new Set(places).size).toBe(rows.length);
      },
    ),
    { numRuns: 30 },
  );
});

test('a breakdown of more groups than one query returns is complete', async () => {
  const { breakdown, log, setTime } = await start();
  const customers = Array.from({ length: 10_050 }, (_, index) => `customer-${index}`);
  await log(customers.slice(0, 5000).map((customer) => line({ customer })));
  setTime('2026-11-02T00:00:00Z');
  await log(customers.slice(4000).map((customer) => line({ customer })));
  const { rows, total } = await breakdown({ by: ['customer'] });
  expect(rows).toHaveLength(10_050);
  expect(total.requests).toBe(11_050);
});
