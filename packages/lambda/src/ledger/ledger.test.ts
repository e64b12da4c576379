import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type LimitPeriod, type Limits, limitKinds, longestCallMs } from '@org/contract';
import {
  committedAttribute,
  countersKey,
  type Duration,
  inFlightAttribute,
  inFlightSlots,
  keyAttributes,
  windowAttributes,
} from '@org/table';
import { clientFor, startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProxyError } from '../proxy-error.ts';
import { refusal } from '../testing/ledger/refusal.ts';
import { type Amounts, nothing } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import { createLedger, type Hold, type Ledger } from './ledger.ts';
import { momentOf } from './moment.ts';
import type { Scope } from './scope.ts';

let table: TestTable;
let ledger: Ledger;
beforeAll(async () => {
  table = await startTestTable();
  ledger = createLedger(new CounterTable({ client: table.client, table: tableName }), 'UTC', [80, 95]);
});
beforeEach(() => {
  table.operations.length = 0;
});
afterAll(() => table.close());

const { signal } = new AbortController();
const statementOf = async (held: Promise<unknown>) => (await refusal(held)).statement;
const noon = '2026-11-22T12:00:00Z';
const call = { ...nothing, requests: 1, tokens: 100, usd: 50 };

const team = (limits: Scope['limits']): Scope => ({ kind: 'team', id: crypto.randomUUID(), limits });

const hold = (
  scopes: readonly Scope[],
  worstCase: Amounts = call,
  at = noon,
  duration: Duration = 'short',
): Promise<Hold> =>
  ledger.hold({ scopes, worstCase, duration, at: Date.parse(at) }, { hold: signal, settle: signal });

function everyKind(of: Partial<Record<LimitPeriod, number>>): Limits {
  return Object.fromEntries(limitKinds.map((kind) => [kind, of]));
}

const usage = async (scope: Scope, at = noon) => (await ledger.usage([scope], Date.parse(at), signal)).limits;

async function itemOf({ id }: Scope) {
  const Key = keyAttributes(countersKey({ kind: 'team', id }, '2026-11'));
  const { Item } = await table.client.send(new GetItemCommand({ TableName: tableName, Key }));
  return Item ?? {};
}

test('one write holds and one settles, whatever the limits and periods', async () => {
  const scope = team({
    requests: { day: 5, month: 9 },
    tokens: { day: 999, month: 9999 },
    usd: { day: 1, month: 2 },
  });
  const held = await hold([scope]);
  await held.settle(call, signal);
  expect(table.operations).toEqual(['UpdateItem', 'UpdateItem']);
});

test('a caller without counted limits costs no write at all', async () => {
  const held = await hold([]);
  expect(await held.settle(call, signal)).toEqual({ limits: [], nearlyReached: [] });
  expect(table.operations).toEqual([]);
});

test('the usage and the rest of every limit are reported', async () => {
  const scope = team({ requests: { day: 5, month: null }, usd: { month: 0.01 } });
  const held = await hold([scope]);
  const { limits } = await held.settle({ ...nothing, requests: 1, tokens: 40, usd: 4000 }, signal);
  expect(limits).toEqual([
    {
      limit: 'requests',
      period: 'day',
      scope: 'team',
      max: 5,
      used: 1,
      remaining: 4,
      resetsAt: '2026-11-23T00:00:00.000Z',
    },
    {
      limit: 'usd',
      period: 'month',
      scope: 'team',
      max: 0.01,
      used: 0.004,
      remaining: 0.006,
      resetsAt: '2026-12-01T00:00:00.000Z',
    },
  ]);
  expect(await usage(scope)).toEqual(limits);
});

test('a used-up limit says which, how much, and when it resets', async () => {
  const scope = team({ requests: { month: 2 }, tokens: { day: 1_000_000 } });
  for (let made = 0; made < 2; made += 1) await (await hold([scope])).settle(call, signal);
  expect(await statementOf(hold([scope]))).toEqual({
    code: 'quota_exceeded',
    message: 'This team has used 2 of 2 requests this month. The limit resets at 2026-12-01T00:00:00.000Z.',
    details: {
      limit: 'requests',
      period: 'month',
      scope: 'team',
      max: 2,
      used: 2,
      resetsAt: '2026-12-01T00:00:00.000Z',
    },
  });
});

test('if several limits are used up, the limit that resets last is reported', async () => {
  const scope = team({ requests: { day: 1 }, tokens: { month: 150 } });
  await (await hold([scope])).settle(call, signal);
  expect((await statementOf(hold([scope]))).details).toMatchObject({ limit: 'tokens', period: 'month' });
});

test('a call larger than a limit gets a different error than a used-up quota, and no advice to wait', async () => {
  expect(await statementOf(hold([team({ tokens: { day: 60 } })]))).toEqual({
    code: 'exceeds_limit',
    message:
      'The call may need 100 tokens, but this team has only 60 per day, so waiting will not help. Shorten it, ask for fewer maxTokens, or ask the operator for more.',
    details: { limit: 'tokens', period: 'day', scope: 'team', max: 60, needed: 100 },
  });
});

test('a call larger than a limit is refused before anything is written, for any scope', async () => {
  const full = team({ requests: { day: 0 } });
  const { code, details } = await statementOf(
    hold([full, { kind: 'key', id: 'k', limits: { tokens: { month: 60 } } }]),
  );
  expect({ code, details }).toMatchObject({
    code: 'exceeds_limit',
    details: { scope: 'key', period: 'month' },
  });
});

test('if calls in flight leave too little room, the error says that waiting helps too', async () => {
  const scope = team({ tokens: { day: 150 } });
  await (await hold([scope])).settle(call, signal);
  expect((await statementOf(hold([scope]))).message).toContain(
    'the call may need 100: ask for fewer maxTokens, or wait.',
  );
});

test('a call that would fit without those in flight may try again', async () => {
  const scope = team({ tokens: { day: 150 } });
  const first = await hold([scope]);
  expect((await statementOf(hold([scope]))).code).toBe('rate_limited');
  await first.settle({ ...call, tokens: 10 }, signal);
  await hold([scope]);
});

test.each<[Duration, minutes: number]>([
  ['short', 12],
  ['long', 32],
])(
  'a %s hold whose call died does not count as in flight, however long its team was silent',
  async (duration, minutes) => {
    const begun = Date.parse('2026-11-02T00:00:00Z');
    for (const step of [1, 2, 3, 5, 8, 40, 79, 80, 81, 97, 480, 900]) {
      const scope = team({ tokens: { month: 1000 } });
      await hold([scope], { ...call, tokens: 900 }, new Date(begun).toISOString(), duration);
      const at = new Date(begun + minutes * step * 60_000).toISOString();
      expect([step, (await statementOf(hold([scope], { ...call, tokens: 200 }, at, duration))).code]).toEqual(
        [step, 'quota_exceeded'],
      );
    }
  },
);

test('the next settled call clears away the holds of dead calls', async () => {
  const scope = team({ tokens: { month: 10_000 } });
  for (let death = 0; death < 30; death += 1) {
    const at = new Date(Date.parse(noon) + death * 180_000).toISOString();
    await hold([scope], call, at, death % 2 === 0 ? 'short' : 'long');
  }
  const later = '2026-11-23T00:00:00Z';
  for (let made = 0; made < 2; made += 1) {
    await (await hold([scope], call, later)).settle(call, signal);
  }
  const item = await itemOf(scope);
  const holds = Object.entries(item).filter(([name]) => /^d\d\d[hs]\d/.test(name));
  expect(holds).toHaveLength(limitKinds.length);
  expect(new Set(holds.map(([, { N }]) => N))).toEqual(new Set(['0']));
  expect(await usage(scope, later)).toMatchObject([{ used: 3200 }]);
});

test('a settlement after its hold was cleared away gives the hold back, once', async () => {
  const scope = team({ tokens: { month: 1000 } });
  const late = await hold([scope], { ...call, tokens: 900 });
  const later = '2026-11-22T13:00:00Z';
  const small = { ...nothing, requests: 1, tokens: 1 };
  await (await hold([scope], small, later)).settle(small, signal);
  await late.settle(small, signal);
  expect(await usage(scope)).toMatchObject([{ used: 2 }]);
  expect((await statementOf(hold([scope], { ...call, tokens: 999 }, later))).code).toBe('quota_exceeded');
  await hold([scope], { ...call, tokens: 998 }, later);
});

test.each<[Duration, minutes: number]>([
  ['short', 12],
  ['long', 32],
])(
  'a %s hold is in flight for %i minutes, and not longer if others go on calling',
  async (duration, minutes) => {
    const scope = team({ tokens: { month: 1000 } });
    const small = { ...nothing, requests: 1, tokens: 1 };
    await hold([scope], { ...call, tokens: 900 }, noon, duration);
    for (let minute = 1; minute < 2 * minutes; minute += 1) {
      const at = new Date(Date.parse(noon) + minute * 60_000).toISOString();
      await (await hold([scope], small, at)).settle(small, signal);
      const { code } = await statementOf(hold([scope], { ...call, tokens: 200 }, at));
      expect([minute, code]).toEqual([minute, minute < minutes ? 'rate_limited' : 'quota_exceeded']);
    }
  },
);

test('the settlement that takes a limit past a share says so, and no other does', async () => {
  const scope = team({ requests: { day: 5, month: 100 }, tokens: { month: 0 } });
  const free = { ...nothing, requests: 1 };
  const reported: unknown[] = [];
  for (let spent = 0; spent < 5; spent += 1) {
    const held = await hold([scope], free);
    reported.push((await held.settle(free, signal)).nearlyReached);
  }
  const limit = { scope: 'team', limit: 'requests', period: 'day', max: 5 };
  const crossings = [[{ ...limit, used: 4, threshold: 80 }], [{ ...limit, used: 5, threshold: 95 }]];
  expect(reported).toEqual([[], [], [], ...crossings]);
});

test('a settlement that crosses several shares reports the highest', async () => {
  const held = await hold([team({ tokens: { month: 100 } })], { ...call, tokens: 100 });
  expect((await held.settle({ ...call, tokens: 96 }, signal)).nearlyReached).toMatchObject([
    { used: 96, threshold: 95 },
  ]);
});

test('of settlements at once, exactly one reports each crossing', async () => {
  const scope = team({ requests: { day: 100, month: 50 } });
  const free = { ...nothing, requests: 1 };
  const holds = await Promise.all(Array.from({ length: 50 }, () => hold([scope], free)));
  const settled = await Promise.all(holds.map((held) => held.settle(free, signal)));
  const crossings = settled.flatMap(({ nearlyReached }) => nearlyReached);
  expect(crossings.map(({ period, used, threshold }) => [period, used, threshold]).toSorted()).toEqual([
    ['month', 40, 80],
    ['month', 48, 95],
  ]);
});

test('usage says until when a limit lasts at the pace so far, if that is before it resets', async () => {
  const scope = team({ requests: { minute: 9, day: 10, month: 1000 } });
  const spend = async (calls: number) => {
    for (let spent = 0; spent < calls; spent += 1) await (await hold([scope])).settle(call, signal);
  };
  const paces = async () => (await usage(scope)).map(({ period, lastsUntil }) => [period, lastsUntil]);
  await spend(5);
  expect(await paces()).toEqual([
    ['minute', undefined],
    // Half of it in half a day.
    ['day', undefined],
    ['month', undefined],
  ]);
  await spend(3);
  expect(await paces()).toContainEqual(['day', '2026-11-22T15:00:00.000Z']);
  const next = '2026-11-22T12:01:00.000Z';
  for (const _ of ['ninth', 'tenth']) await (await hold([scope], call, next)).settle(call, signal);
  const day = (await usage(scope, next)).find(({ period }) => period === 'day');
  expect(day).toMatchObject({ used: 10, remaining: 0 });
  expect(day).not.toHaveProperty('lastsUntil');
});

test('usage has the limits in the order in which a call meets them', async () => {
  const limits = { requests: { day: 5 } };
  const scopes: Scope[] = [{ kind: 'key', id: 'key-1', limits }, team(limits)];
  const { limits: reported } = await ledger.usage(scopes, Date.parse(noon), signal);
  expect(reported.map(({ scope }) => scope)).toEqual(['key', 'team']);
});

test('holds of others do not count as nearly reached, because they may be given back', async () => {
  const scope = team({ tokens: { month: 1000 } });
  const large = await hold([scope], { ...call, tokens: 850 });
  const small = await hold([scope], { ...call, tokens: 50 });
  expect((await small.settle({ ...call, tokens: 50 }, signal)).nearlyReached).toEqual([]);
  expect((await large.settle({ ...call, tokens: 800 }, signal)).nearlyReached).toMatchObject([{ used: 850 }]);
});

test('a stream and an answer in flight at once are settled separately', async () => {
  const scope = team({ tokens: { month: 1000 } });
  const stream = await hold([scope], { ...call, tokens: 500 }, noon, 'long');
  const answer = await hold([scope], { ...call, tokens: 400 });
  expect((await statementOf(hold([scope], { ...call, tokens: 200 }))).code).toBe('rate_limited');
  await stream.settle({ ...call, tokens: 5 }, signal);
  await answer.settle({ ...call, tokens: 4 }, signal);
  expect(await usage(scope)).toMatchObject([{ used: 9 }]);
  await hold([scope], { ...call, tokens: 991 });
  expect((await statementOf(hold([scope], call))).code).toBe('rate_limited');
});

test('an amount of money is exact as written, not its binary neighbour', async () => {
  const scope = team({ usd: { day: 2.01, month: 1.1 } });
  const { limits } = await (await hold([scope])).settle(
    { ...nothing, requests: 1, tokens: 1, usd: 1 },
    signal,
  );
  expect(limits).toMatchObject([{ max: 2.01, used: 0.000001, remaining: 2.009999 }, { max: 1.1 }]);
});

test('a limit of 0 says that every call is refused, and not when it resets, which would not help', async () => {
  const { message, details } = await statementOf(hold([team({ requests: { day: 0 } })]));
  expect(message).toBe(
    'The limit on requests per day of this team is 0, so every call is refused. Ask the operator.',
  );
  expect(details).toMatchObject({ limit: 'requests', period: 'day', max: 0, used: 0 });
});

test('if several limits are used up, a limit of 0 is reported, because it never resets', async () => {
  const scope = team({ requests: { month: 1 } });
  await (await hold([scope])).settle(call, signal);
  const closed = { ...scope, limits: { requests: { day: 0, month: 1 } } };
  expect((await statementOf(hold([closed]))).details).toMatchObject({ period: 'day', max: 0 });
});

test('0 lets nothing through, and null everything', async () => {
  expect((await statementOf(hold([team({ requests: { day: 0 } })]))).code).toBe('quota_exceeded');
  expect((await statementOf(hold([team({ usd: { month: 0 } })]))).code).toBe('quota_exceeded');
  const much = { ...nothing, requests: 1, tokens: 1e9, usd: 1e12 };
  await hold([team({ requests: { day: null, month: null }, tokens: {} })], much);
});

test('a refund leaves nothing behind', async () => {
  const scope = team({ requests: { day: 5 }, tokens: { day: 500 } });
  await (await hold([scope])).settle(nothing, signal);
  expect((await usage(scope)).map(({ used }) => used)).toEqual([0, 0]);
});

test('a call that cost more than its hold is charged in full, and the next one is refused', async () => {
  const scope = team({ tokens: { day: 300 } });
  const { limits } = await (await hold([scope])).settle({ ...call, tokens: 350 }, signal);
  expect(limits).toMatchObject([{ max: 300, used: 350, remaining: 0 }]);
  expect((await statementOf(hold([scope]))).code).toBe('quota_exceeded');
});

test("a team's refusal gives back the hold in the key's own limits", async () => {
  const key: Scope = { kind: 'key', id: 'key-2', limits: { requests: { day: 5 } } };
  const statement = await statementOf(hold([key, team({ requests: { day: 0 } })]));
  expect(statement.details).toMatchObject({ scope: 'team' });
  expect(await usage(key)).toMatchObject([{ used: 0 }]);
});

test.each([
  ['the last millisecond of a month', '2026-11-30T23:59:59.999Z', '2026-12-01', '2026-12-01'],
  ['a leap day', '2028-02-29T12:00:00Z', '2028-03-01', '2028-03-01'],
  ['the day before a leap day', '2028-02-28T23:59:59.999Z', '2028-02-29', '2028-03-01'],
  ['the last day of a year', '2026-12-31T23:59:59.999Z', '2027-01-01', '2027-01-01'],
])('%s', async (_case, at, nextDay, nextMonth) => {
  const scope = team({ requests: { day: 1, month: 2 } });
  const held = await hold([scope], call, at);
  const { limits } = await held.settle(call, signal);
  expect(limits.map(({ resetsAt }) => resetsAt.slice(0, 10))).toEqual([nextDay, nextMonth]);
  expect((await statementOf(hold([scope], call, at))).code).toBe('quota_exceeded');
  await hold([scope], call, `${nextDay}T00:00:00Z`);
});

test('a call belongs to the day and month that it began in, whenever it ends', async () => {
  const scope = team({ tokens: { day: 1000, month: 1000 } });
  const held = await hold([scope], call, '2026-11-30T23:59:59.999Z');
  const december = await hold([scope], call, '2026-12-01T00:00:10Z');
  await held.settle({ ...call, tokens: 30 }, signal);
  await december.settle({ ...call, tokens: 70 }, signal);
  expect((await usage(scope, '2026-11-30T12:00:00Z')).map(({ used }) => used)).toEqual([30, 30]);
  expect((await usage(scope, '2026-12-01T12:00:00Z')).map(({ used }) => used)).toEqual([70, 70]);
});

test.each(['2026-11-23T00:05:00Z', '2026-12-01T00:05:00Z'])(
  "the hold of yesterday's stream is not part of today's usage (%s)",
  async (at) => {
    const scope = team({ tokens: { day: 1000 } });
    const yesterday = new Date(Date.parse(at) - 15 * 60_000).toISOString();
    await hold([scope], { ...call, tokens: 500 }, yesterday, 'long');
    await (await hold([scope], { ...call, tokens: 1000 }, at)).settle({ ...call, tokens: 1000 }, signal);
    expect(await statementOf(hold([scope], call, at))).toMatchObject({
      code: 'quota_exceeded',
      details: { period: 'day', used: 1000 },
    });
  },
);

test("the hold of yesterday's stream does not hide that today's limit is nearly reached", async () => {
  const scope = team({ tokens: { day: 1000 } });
  await hold([scope], { ...call, tokens: 500 }, '2026-11-22T23:50:00Z', 'long');
  const held = await hold([scope], { ...call, tokens: 850 }, '2026-11-23T00:05:00Z');
  expect((await held.settle({ ...call, tokens: 850 }, signal)).nearlyReached).toMatchObject([
    { period: 'day', used: 850 },
  ]);
});

test("yesterday's stream is still in flight for the month", async () => {
  const scope = team({ tokens: { month: 1000 } });
  const stream = await hold([scope], { ...call, tokens: 950 }, '2026-11-22T23:59:59Z', 'long');
  expect((await statementOf(hold([scope], call, '2026-11-23T00:05:00Z'))).code).toBe('rate_limited');
  await stream.settle({ ...call, tokens: 100 }, signal);
  await hold([scope], call, '2026-11-23T00:05:00Z');
});

test('counters that hold more than is committed let nothing through, and a refused hold leaves them as they were', async () => {
  const scope = team({ tokens: { month: 1000 } });
  await hold([scope]);
  const Key = keyAttributes(countersKey(scope, '2026-11'));
  await table.client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key,
      UpdateExpression: 'SET mt = :nothing',
      ExpressionAttributeValues: { ':nothing': { N: '0' } },
    }),
  );
  const before = await itemOf(scope);
  expect((await statementOf(hold([scope]))).code).toBe('limits_unavailable');
  expect(await itemOf(scope)).toEqual(before);
});

test('an item is kept for some time after its month, then it expires', async () => {
  const scope = team({ requests: { month: 5 } });
  await hold([scope]);
  const item = await itemOf(scope);
  expect(new Date(Number(item['expires']?.N) * 1000).toISOString()).toBe('2027-12-06T00:00:00.000Z');
});

test('counters that cannot be reached refuse the call', async () => {
  const unreachable = createLedger(
    new CounterTable({ client: clientFor('http://127.0.0.1:1'), table: tableName }),
    'UTC',
  );
  const scopes = [team({ requests: { day: 5 } })];
  const request = { scopes, worstCase: call, duration: 'short' as const, at: Date.parse(noon) };
  expect((await statementOf(unreachable.hold(request, { hold: signal, settle: signal }))).code).toBe(
    'limits_unavailable',
  );
  expect((await statementOf(unreachable.usage(scopes, Date.parse(noon), signal))).code).toBe(
    'limits_unavailable',
  );
});

test('a charge that cannot be written leaves the hold, and is not an error of the call', async () => {
  const scope = team({ requests: { day: 5 } });
  const held = await hold([scope]);
  const { failure, limits } = await held.settle(nothing, AbortSignal.abort());
  expect(failure).toBeInstanceOf(Error);
  expect(limits).toMatchObject([{ used: 1, remaining: 4 }]);
  expect(await usage(scope)).toMatchObject([{ used: 1 }]);
});

test('a minute that is used up says when it ends, and the next one lets calls through', async () => {
  const scope = team({ requests: { minute: 2, month: 100 } });
  for (let made = 0; made < 2; made += 1)
    await (await hold([scope], call, '2026-11-22T12:00:10Z')).settle(call, signal);
  const error: unknown = await hold([scope], call, '2026-11-22T12:00:37.500Z').catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProxyError)) throw error;
  expect(error.statement).toEqual({
    code: 'rate_limited',
    message: 'This team has used 2 of 2 requests this minute. Try again in 23 s.',
    details: {
      limit: 'requests',
      period: 'minute',
      scope: 'team',
      max: 2,
      used: 2,
      resetsAt: '2026-11-22T12:01:00.000Z',
    },
  });
  expect([error.retryable, error.retryAfterSeconds]).toEqual([true, 23]);
  await hold([scope], call, '2026-11-22T12:01:00Z');
});

test.each([
  ['hour', 'this hour', '2026-11-22T13:00:00.000Z'],
  ['day', 'today', '2026-11-23T00:00:00.000Z'],
  ['week', 'this week', '2026-11-23T00:00:00.000Z'],
  ['month', 'this month', '2026-12-01T00:00:00.000Z'],
] as const)('a used-up limit by %s is final until it resets', async (period, when, resetsAt) => {
  const scope = team({ tokens: { [period]: 150 } });
  await (await hold([scope])).settle({ ...call, tokens: 150 }, signal);
  expect(await statementOf(hold([scope]))).toEqual({
    code: 'quota_exceeded',
    message: `This team has used 150 of 150 tokens ${when}. The limit resets at ${resetsAt}.`,
    details: { limit: 'tokens', period, scope: 'team', max: 150, used: 150, resetsAt },
  });
  await hold([scope], call, resetsAt);
});

test.each(['hour', 'week'] as const)(
  'if only calls in flight fill the %s, a call may try again',
  async (period) => {
    const scope = team({ tokens: { [period]: 150 } });
    const first = await hold([scope]);
    expect((await statementOf(hold([scope]))).details).toBeUndefined();
    await first.settle({ ...call, tokens: 50 }, signal);
    await hold([scope]);
  },
);

test('if a minute and a day are used up, the day is reported, because it resets last', async () => {
  const scope = team({ requests: { minute: 1, day: 1 } });
  await (await hold([scope])).settle(call, signal);
  expect(await statementOf(hold([scope]))).toMatchObject({
    code: 'quota_exceeded',
    details: { period: 'day' },
  });
});

test('a limit of 0 by minute refuses every call for good', async () => {
  expect(await statementOf(hold([team({ requests: { minute: 0 } })]))).toMatchObject({
    code: 'quota_exceeded',
    details: { period: 'minute', max: 0 },
  });
});

/** Wednesday; the week began on Monday, in November. */
const december = '2026-12-02T12:00:00Z';

test('a week that began in the month before is counted in the item of that month', async () => {
  const scope = team({ tokens: { week: 250, month: 900 } });
  await (await hold([scope], call, '2026-11-30T12:00:00Z')).settle(call, signal);
  expect(table.operations).toEqual(['UpdateItem', 'UpdateItem']);
  await (await hold([scope], call, december)).settle(call, signal);
  expect(table.operations).toHaveLength(6);
  expect(await statementOf(hold([scope], call, december))).toMatchObject({
    code: 'quota_exceeded',
    details: { period: 'week', used: 200, resetsAt: '2026-12-07T00:00:00.000Z' },
  });
  expect(await usage(scope, december)).toMatchObject([
    { period: 'month', used: 100 },
    { period: 'week', used: 200 },
  ]);
  await hold([scope], call, '2026-12-07T00:00:00Z');
});

test.each(['hour', 'day', 'week', 'month'] as const)(
  'a limit by %s that was taken away for a while counts what was used meanwhile',
  async (period) => {
    for (const at of [noon, december]) {
      const scope = team({ tokens: { [period]: null } });
      await (await hold([scope], call, at)).settle(call, signal);
      expect(await usage(scope, at)).toEqual([]);
      const limited = { ...scope, limits: { tokens: { [period]: 150 } } };
      const { code, details } = await statementOf(hold([limited], call, at));
      expect([code, details]).toMatchObject(['quota_exceeded', { period, used: 100 }]);
    }
  },
);

test('if a day and a week of two items are used up, the limit that resets last is reported', async () => {
  const scope = team({ tokens: { day: 100, week: 100 } });
  await (await hold([scope], call, december)).settle(call, signal);
  expect((await statementOf(hold([scope], call, december))).details).toMatchObject({ period: 'week' });
  const closed = { ...scope, limits: { requests: { day: 0 }, tokens: { week: 100 } } };
  expect((await statementOf(hold([closed], call, december))).details).toMatchObject({
    period: 'day',
    max: 0,
  });
});

test('a call whose minute later calls have left behind is refused, because its counter may be gone', async () => {
  const scope = team({ requests: { minute: 1 } });
  for (const minute of [0, 1, 2, 3]) {
    await (await hold([scope], call, `2026-11-22T12:0${minute}:00Z`)).settle(call, signal);
  }
  const before = await itemOf(scope);
  expect((await statementOf(hold([scope], call, '2026-11-22T12:00:30Z'))).code).toBe('rate_limited');
  const {
    [committedAttribute('requests', momentOf(Date.parse(noon), 'UTC').windows.minute)]: gone,
    ...after
  } = await itemOf(scope);
  expect([after, gone?.N ?? '0']).toEqual([before, '0']);
});

test('what a long call costs counts in its minute, which it reports no more once later calls have left it', async () => {
  const scope = team({ requests: { minute: 5 }, tokens: { month: 9000 } });
  const long = await hold([scope]);
  expect((await usage(scope)).map(({ period }) => period)).toEqual(['minute', 'month']);
  for (const minute of [2, 3]) {
    await (await hold([scope], call, `2026-11-22T12:0${minute}:00Z`)).settle(call, signal);
  }
  const { limits, failure } = await long.settle(call, signal);
  expect(failure).toBeUndefined();
  expect(limits).toMatchObject([{ period: 'month', used: 300 }]);
});

test('calls leave counters of only two days, and of two minutes and hours that are limited', async () => {
  const scope = team({ requests: { minute: 5, hour: 50, week: 500 } });
  const begun = Date.parse('2026-11-10T10:00:00Z');
  for (const minutes of [0, 1, 2, 3, 59, 60, 120, 180, 1500, 3000, 4500, 4501, 4502, 4503]) {
    const at = new Date(begun + minutes * 60_000).toISOString();
    await (await hold([scope], call, at)).settle(call, signal);
  }
  const counters = windowAttributes(await itemOf(scope)).filter(({ slot }) => slot === undefined);
  const kept = Object.groupBy(counters, ({ window }) => window.period);
  expect(
    Object.entries(kept).map(([period, of]) => [
      period,
      new Set(of?.map(({ window }) => window.number)).size,
    ]),
  ).toEqual(
    expect.arrayContaining([
      ['minute', 2],
      ['hour', 1],
      ['day', 2],
      ['week', 1],
    ]),
  );
});

test.each<[string, Scope['limits']]>([
  ['of requests, tokens and USD by day and month', everyKind({ day: 1e9, month: 1e10 })],
  [
    'of requests and tokens by minute, USD by day and month',
    {
      requests: { minute: 1e5 },
      tokens: { minute: 1e9 },
      usd: { day: 1e6, month: 1e7 },
    },
  ],
  ['of all kinds by all windows', everyKind({ minute: 1e9, hour: 1e9, day: 1e9, week: 1e9, month: 1e10 })],
])(
  'a plan %s keeps its item below 1 KB, so that a write is one unit, until the month ends',
  async (_, limits) => {
    const scope = team(limits);
    const large = { requests: 99, tokens: 2_345_678, usd: 3_456_789 };
    for (let day = 1; day <= 30; day += 1) {
      const begun = Date.parse(`2026-11-${String(day).padStart(2, '0')}T21:00:00Z`);
      for (const minutes of [0, 1, 16, 17, 59, 60, 61, 65, 66, 90, 170]) {
        const at = new Date(begun + minutes * 60_000).toISOString();
        const duration = minutes % 2 === 0 ? 'long' : 'short';
        const held = await hold([scope], large, at, duration);
        if (minutes !== 16) await held.settle(large, signal);
      }
    }
    const { ConsumedCapacity: consumed } = await table.client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyAttributes(countersKey(scope, '2026-11')),
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(consumed?.CapacityUnits).toBe(1);
  },
);

test('as many calls are in flight as may be at once, and the next one says so until one ends', async () => {
  const scope = team({ callsAtOnce: 2 });
  const first = await hold([scope]);
  await hold([scope], call, noon, 'long');
  const error: unknown = await hold([scope]).catch((thrown: unknown) => thrown);
  if (!(error instanceof ProxyError)) throw error;
  expect(error.statement).toEqual({
    code: 'rate_limited',
    message: 'This team has 2 calls in flight, of 2 that may be at once. Try again when one has ended.',
    details: { limit: 'callsAtOnce', scope: 'team', max: 2, used: 2 },
  });
  expect([error.retryable, error.retryAfterSeconds]).toEqual([true, 1]);
  expect((await ledger.usage([scope], Date.parse(noon), signal)).callsAtOnce).toEqual([
    { scope: 'team', max: 2, inFlight: 2 },
  ]);
  await first.settle(call, signal);
  await hold([scope]);
  expect(table.operations.filter((operation) => operation === 'UpdateItem')).toHaveLength(5);
});

test('a used-up day comes before calls at once, because it lasts', async () => {
  const scope = team({ callsAtOnce: 1, requests: { day: 1 } });
  await (await hold([scope])).settle(call, signal);
  const other = { ...scope, limits: { ...scope.limits, requests: { day: 2 } } };
  await hold([other]);
  expect(await statementOf(hold([scope]))).toMatchObject({
    code: 'quota_exceeded',
    details: { period: 'day' },
  });
  expect((await statementOf(hold([{ ...scope, limits: { callsAtOnce: 1 } }]))).details).toMatchObject({
    limit: 'callsAtOnce',
  });
});

test.each<[Duration, minutes: number]>([
  ['short', 12],
  ['long', 32],
])(
  'the place of a %s call that died is free after at most %i minutes, and not before it can have ended',
  async (duration, minutes) => {
    for (const second of [0, 59, 359]) {
      const scope = team({ callsAtOnce: 2 });
      const begun = Date.parse(noon) + second * 1000;
      for (let died = 0; died < 2; died += 1)
        await hold([scope], call, new Date(begun).toISOString(), duration);
      const after = (ms: number) => new Date(begun + ms).toISOString();
      const longest = duration === 'short' ? longestCallMs.whole : longestCallMs.stream;
      expect((await statementOf(hold([scope], call, after(longest)))).code).toBe('rate_limited');
      const freed = after(minutes * 60_000);
      const free = async () => (await ledger.usage([scope], Date.parse(freed), signal)).callsAtOnce;
      expect(await free()).toEqual([{ scope: 'team', max: 2, inFlight: 0 }]);
      const held = await hold([scope], call, freed);
      expect(await free()).toEqual([{ scope: 'team', max: 2, inFlight: 1 }]);
      await held.settle(call, signal);
      expect(await free()).toEqual([{ scope: 'team', max: 2, inFlight: 0 }]);
    }
  },
);

test('calls that died are taken away once, also if two calls find them', async () => {
  const scope = team({ callsAtOnce: 3 });
  for (let died = 0; died < 3; died += 1) await hold([scope]);
  const later = '2026-11-22T12:30:00Z';
  const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => hold([scope], call, later)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect((await statementOf(hold([scope], call, later))).details).toMatchObject({ used: 3 });
});

test('calls in flight across the end of a month count in both, as long as they can be in flight', async () => {
  const scope = team({ callsAtOnce: 2 });
  const november = await hold([scope], call, '2026-11-30T23:59:59Z', 'long');
  const december = await hold([scope], call, '2026-12-01T00:00:01Z', 'long');
  expect((await statementOf(hold([scope], call, '2026-12-01T00:14:59Z'))).code).toBe('rate_limited');
  expect((await statementOf(hold([scope], call, '2026-11-30T23:59:58Z'))).code).toBe('rate_limited');
  await november.settle(call, signal);
  const next = await hold([scope], call, '2026-12-01T00:14:59Z');
  expect((await statementOf(hold([scope], call, '2026-12-01T00:16:00Z'))).code).toBe('rate_limited');
  await december.settle(call, signal);
  await next.settle(call, signal);
  table.operations.length = 0;
  await (await hold([scope], call, '2026-12-01T00:16:00Z')).settle(call, signal);
  expect(table.operations).toEqual(['UpdateItem', 'UpdateItem']);
});

test('slots of calls that have ended are cleared away', async () => {
  const scope = team({ callsAtOnce: 5 });
  for (let minutes = 0; minutes < 600; minutes += 7) {
    const at = new Date(Date.parse('2026-11-22T03:00:00Z') + minutes * 60_000).toISOString();
    await (await hold([scope], call, at, minutes % 2 === 0 ? 'short' : 'long')).settle(call, signal);
  }
  const item = await itemOf(scope);
  expect(item[inFlightAttribute]?.N).toBe('0');
  expect(inFlightSlots(item).length).toBeLessThan(10);
});

test('fewer calls counted than their slots have let nothing through', async () => {
  const scope = team({ callsAtOnce: 5 });
  await hold([scope]);
  await table.client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: keyAttributes(countersKey(scope, '2026-11')),
      UpdateExpression: `SET ${inFlightAttribute} = :none`,
      ExpressionAttributeValues: { ':none': { N: '0' } },
    }),
  );
  expect((await statementOf(hold([scope]))).code).toBe('limits_unavailable');
});
