import type { Limits } from '@org/contract';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ProxyError } from '../proxy-error.ts';
import { refusal } from '../testing/ledger/refusal.ts';
import { type Amounts, nothing } from './amounts.ts';
import { type CounterStore, CounterTable } from './counter-table.ts';
import { readCounters } from './counters.ts';
import { createLedger, type Hold } from './ledger.ts';
import type { Scope } from './scope.ts';
import { amountOfPart, dividedOf, filledTo, partOf } from './shards.ts';

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
beforeEach(() => {
  table.operations.length = 0;
});
afterAll(() => table.close());

const { signal } = new AbortController();
const statementOf = async (held: Promise<unknown>) => (await refusal(held)).statement;
const noon = '2026-11-22T12:00:00Z';
const call = { ...nothing, requests: 1, tokens: 100 };

const team = (shards: number | undefined, limits: Limits): Scope => ({
  ...{ kind: 'team', id: crypto.randomUUID() },
  ...{ limits, shards },
});

/** A function whose calls begin at one shard after the other. */
function ledgerOf(...starts: readonly number[]) {
  let begun = 0;
  const counters = new CounterTable({ client: table.client, table: tableName });
  return createLedger(counters, 'UTC', [80, 95], () => starts[begun++ % starts.length] ?? 0);
}
const quarters = [0, 0.25, 0.5, 0.75];
const ledger = () => ledgerOf(...quarters);

const hold = (
  of: ReturnType<typeof ledger>,
  scope: Scope,
  worstCase: Amounts = call,
  at = noon,
): Promise<Hold> =>
  of.hold(
    { scopes: [scope], worstCase, duration: 'short', at: Date.parse(at) },
    { hold: signal, settle: signal },
  );

const charge = async (of: ReturnType<typeof ledger>, scope: Scope, cost: Amounts = call, at = noon) =>
  (await hold(of, scope, cost, at)).settle(cost, signal);

const usage = async (scope: Scope, at = noon) =>
  (await ledger().usage([scope], Date.parse(at), signal)).limits.map(({ used }) => used);

test('parts of a limit add up to it, and none shrinks when the limit grows', () => {
  const limit = fc.nat({ max: 1_000_000_000_000_000 });
  fc.assert(
    fc.property(limit, limit, fc.integer({ min: 1, max: 16 }), (one, other, shards) => {
      const [less, more] = [one, other].toSorted((a, b) => a - b);
      const partsOf = (amount = 0) =>
        Array.from({ length: shards }, (_, shard) => partOf(amount, shard, shards));
      expect(partsOf(less).reduce((sum, part) => sum + part, 0)).toBe(less);
      for (const [shard, part] of partsOf(less).entries()) {
        expect(part).toBeLessThanOrEqual(partsOf(more)[shard] ?? 0);
      }
    }),
  );
});

test('the least amount of which a part is so large is found', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000_000 }),
      fc.integer({ min: 1, max: 16 }),
      (part, shards) => {
        for (let shard = 0; shard < shards; shard += 1) {
          const amount = amountOfPart(part, shard, shards);
          expect(partOf(amount, shard, shards)).toBe(part);
          expect(partOf(amount - 1, shard, shards)).toBe(part - 1);
        }
      },
    ),
  );
});

test('what is used above a part is taken off the others, and nothing is left over that a part could have', () => {
  const uses = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(fc.nat({ max: 3000 }), uses, fc.nat({ max: 100 }), fc.nat(), (amount, used, less, place) => {
      const divided = dividedOf(amount, used);
      const all = used.reduce((sum, each) => sum + each, 0);
      expect(divided).toBeLessThanOrEqual(amount);
      if (divided < 0) expect(all).toBeGreaterThan(amount);
      else expect(filledTo(divided, used)).toBeLessThanOrEqual(amount);
      if (divided < amount) expect(filledTo(divided + 1, used)).toBeGreaterThan(amount);
      // Less in use, or a larger limit, can only leave more to each.
      const fallen = used.map((each, shard) =>
        shard === place % used.length ? Math.max(0, each - less) : each,
      );
      expect(dividedOf(amount, fallen)).toBeGreaterThanOrEqual(divided);
      expect(dividedOf(amount + less, used)).toBeGreaterThanOrEqual(divided);
    }),
  );
});

test('a pace holds over all shards, also for what was used before they were, and its refusal ends when one has room', async () => {
  // 4 a day, and 10 ahead of that.
  const limits = { requests: { month: 120 }, pace: { requests: { month: { burst: 10 } } } };
  const before = team(undefined, limits);
  const scope = { ...before, shards: 4 };
  const start = '2026-11-01T00:00:00Z';
  const spend = async (at: string) => {
    const code = await charge(ledger(), scope, call, at).then(
      () => 'admitted',
      (error: ProxyError) => error.statement.code,
    );
    return code;
  };
  for (let made = 0; made < 3; made += 1) await charge(ledger(), before, call, start);
  for (let made = 0; made < 7; made += 1) expect(await spend(start)).toBe('admitted');
  expect(await statementOf(hold(ledger(), scope, call, start))).toMatchObject({
    code: 'rate_limited',
    details: { limit: 'requests', period: 'month', max: 120, used: 10, allowedNow: 10 },
  });
  // A request takes six hours.
  expect(await spend('2026-11-01T05:59:59Z')).toBe('rate_limited');
  expect(await spend('2026-11-01T06:00:00Z')).toBe('admitted');
  expect(await spend('2026-11-01T06:00:00Z')).toBe('rate_limited');
});

test('after the retry-after of a pace there is room in a shard, also in the next window', async () => {
  // A token in 216 seconds: the parts for a call are whole at 23:49:12, 23:52:48, 23:56:24, and with the end of the day.
  const scope = team(4, { tokens: { day: 400 }, pace: { tokens: { day: { burst: 0 } } } });
  const late = '2026-11-22T23:57:00Z';
  for (let made = 0; made < 3; made += 1) await charge(ledger(), scope, call, late);
  const { retryAfterSeconds = 0 } = await refusal(hold(ledger(), scope, call, late));
  const from = Date.parse(late);
  const after = (seconds: number) => new Date(from + seconds * 1000).toISOString();
  expect(await statementOf(hold(ledger(), scope, call, after(retryAfterSeconds - 1)))).toMatchObject({
    code: 'rate_limited',
  });
  await charge(ledger(), scope, call, after(retryAfterSeconds));
  expect(after(retryAfterSeconds)).toBe('2026-11-23T23:49:12.000Z');
});

test('a call holds and settles in one shard, and reads the others only to report the whole', async () => {
  const scope = team(4, { requests: { day: 8 } });
  const busy = ledger();
  await charge(busy, scope);
  table.operations.length = 0;
  const held = await hold(busy, scope);
  expect(table.operations).toEqual(['UpdateItem']);
  const { limits } = await held.settle(call, signal);
  expect(table.operations).toEqual(['UpdateItem', 'UpdateItem', ...Array(4).fill('GetItem')]);
  expect(limits).toMatchObject([{ max: 8, used: 2, remaining: 6 }]);
});

test('what calls hold is in the limits of the whole', async () => {
  const scope = team(4, { requests: { day: 8 } });
  const busy = ledger();
  const first = await hold(busy, scope);
  const second = await hold(busy, scope);
  expect(await second.limits(signal)).toMatchObject([{ max: 8, used: 2 }]);
  expect(await usage(scope)).toEqual([2]);
  await first.settle(nothing, signal);
  expect(await usage(scope)).toEqual([1]);
});

test('a shard without room passes a call on, and only if all refuse, the call is refused', async () => {
  const scope = team(4, { requests: { month: 10 }, tokens: { day: 1_000_000 } });
  const stubborn = ledgerOf(0.99);
  for (let made = 0; made < 10; made += 1) await charge(stubborn, scope);
  table.operations.length = 0;
  expect(await statementOf(hold(stubborn, scope))).toEqual({
    code: 'quota_exceeded',
    message: 'This team has used 10 of 10 requests this month. The limit resets at 2026-12-01T00:00:00.000Z.',
    details: {
      ...{ limit: 'requests', period: 'month', scope: 'team', max: 10, used: 10 },
      resetsAt: '2026-12-01T00:00:00.000Z',
    },
  });
  expect(table.operations.filter((operation) => operation === 'UpdateItem')).toHaveLength(4);
});

test('near its end, a limit is left over in parts that are too small', async () => {
  const scope = team(4, { tokens: { day: 1000 } });
  const busy = ledger();
  for (let made = 0; made < 8; made += 1) await charge(busy, scope);
  expect(await statementOf(hold(busy, scope))).toEqual({
    code: 'quota_exceeded',
    message:
      'This team has used 800 of 1000 tokens today, but no part of its limit has room for the 100 that the call may need: ask for fewer maxTokens, or wait. The limit resets at 2026-11-23T00:00:00.000Z.',
    details: {
      ...{ limit: 'tokens', period: 'day', scope: 'team', max: 1000, used: 800 },
      resetsAt: '2026-11-23T00:00:00.000Z',
    },
  });
  await charge(busy, scope, { ...call, tokens: 50 });
});

test('the refusal resets when the first shard has room again', async () => {
  const scope = team(2, { requests: { day: 4, month: 6 } });
  const left = ledgerOf(0);
  const right = ledgerOf(0.5);
  // The left one has its part of the month, the right one only that of the day.
  for (const day of ['20', '20', '21']) await charge(left, scope, call, `2026-11-${day}T12:00:00Z`);
  await charge(right, scope);
  await charge(right, scope);
  expect(await statementOf(hold(left, scope))).toMatchObject({
    details: { limit: 'requests', period: 'day', max: 4, used: 2, resetsAt: '2026-11-23T00:00:00.000Z' },
  });
  await charge(left, scope, call, '2026-11-23T12:00:00Z');
  expect(await statementOf(hold(left, scope, call, '2026-11-23T12:00:00Z'))).toMatchObject({
    details: { limit: 'requests', period: 'month', max: 6, used: 6 },
  });
});

test('while a call in flight may leave room in one of the shards, a refusal may be tried again', async () => {
  const scope = team(2, { tokens: { day: 200 } });
  const busy = ledgerOf(0, 0.5);
  await charge(busy, scope);
  const held = await hold(busy, scope);
  expect(await statementOf(hold(busy, scope))).toMatchObject({ code: 'rate_limited' });
  await held.settle(nothing, signal);
  await charge(busy, scope);
  expect(await statementOf(hold(busy, scope))).toMatchObject({ code: 'quota_exceeded' });
});

test('a limit by minute says when it ends, even if it is smaller than the number of shards', async () => {
  const scope = team(4, { requests: { minute: 2 } });
  const busy = ledgerOf(0.75);
  await charge(busy, scope);
  await charge(busy, scope);
  expect(await statementOf(hold(busy, scope))).toMatchObject({
    code: 'rate_limited',
    details: { period: 'minute', max: 2, used: 2 },
  });
  await charge(busy, scope, call, '2026-11-22T12:01:00Z');
});

test('a call that needs more than the largest part of a limit never fits', async () => {
  const scope = team(4, { tokens: { month: 1001 } });
  const busy = ledgerOf(0.99);
  await charge(busy, scope);
  table.operations.length = 0;
  expect(await statementOf(hold(busy, scope, { ...call, tokens: 252 }))).toEqual({
    code: 'exceeds_limit',
    message:
      'The call may need 252 tokens, but this team has only 251 per month for one call, a part of its limit in 4 parts, so waiting will not help. Shorten it, ask for fewer maxTokens, or ask the operator for more.',
    details: { limit: 'tokens', period: 'month', scope: 'team', max: 251, needed: 252 },
  });
  expect(table.operations).toEqual([]);
  await charge(busy, scope, { ...call, tokens: 251 });
});

test('a limit of 0 lets nothing through', async () => {
  const scope = team(4, { requests: { day: 0 } });
  expect(await statementOf(hold(ledger(), scope))).toMatchObject({
    code: 'quota_exceeded',
    details: { max: 0 },
  });
});

test('calls at once are divided too', async () => {
  const scope = team(2, { callsAtOnce: 3 });
  const busy = ledgerOf(0.5);
  const held = [await hold(busy, scope), await hold(busy, scope), await hold(busy, scope)];
  expect(await statementOf(hold(busy, scope))).toMatchObject({
    code: 'rate_limited',
    details: { limit: 'callsAtOnce', max: 3, used: 3 },
  });
  expect(await busy.usage([scope], Date.parse(noon), signal)).toMatchObject({
    callsAtOnce: [{ max: 3, inFlight: 3 }],
  });
  for (const one of held) await one.settle(call, signal);
  await charge(busy, scope);
  expect(await busy.usage([scope], Date.parse(noon), signal)).toMatchObject({
    callsAtOnce: [{ max: 3, inFlight: 0 }],
  });
});

test('one call at once is one over all shards', async () => {
  const scope = team(4, { callsAtOnce: 1 });
  const busy = ledger();
  const held = await hold(busy, scope);
  expect(await statementOf(hold(busy, scope))).toMatchObject({ code: 'rate_limited' });
  await held.settle(call, signal);
  await charge(busy, scope);
});

test('that a limit is nearly reached is reported once, of the whole', async () => {
  const limits = { requests: { month: 10 } };
  const scope = team(4, limits);
  const busy = ledger();
  const reported = [];
  for (let made = 0; made < 9; made += 1) reported.push((await charge(busy, scope)).nearlyReached);
  expect(reported.map((uses) => uses.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0]);
  expect(reported.flat()).toEqual([
    { scope: 'team', limit: 'requests', period: 'month', max: 10, used: 8, threshold: 80 },
  ]);
  // Another function's settlement reports the next share, and a raise begins again.
  expect((await charge(ledger(), scope)).nearlyReached).toMatchObject([{ used: 10, threshold: 95 }]);
  const raised = { ...scope, limits: { requests: { month: 13 } } };
  expect((await charge(busy, raised)).nearlyReached).toMatchObject([{ used: 11, max: 13, threshold: 80 }]);
});

test('reads that miss what was written a moment ago do not hide the shards', async () => {
  const scope = team(4, { requests: { day: 8 } });
  const counters = new CounterTable({ client: table.client, table: tableName });
  const late: CounterStore = {
    hold: (...of) => counters.hold(...of),
    settle: (...of) => counters.settle(...of),
    mark: (...of) => counters.mark(...of),
    reclaim: (...of) => counters.reclaim(...of),
    read: async (account, until, current = true) =>
      current ? counters.read(account, until) : readCounters({}, account),
  };
  const busy = createLedger(late, 'UTC', [80]);
  expect(await charge(busy, scope)).toMatchObject({ limits: [{ max: 8, used: 1 }] });
});

test('a month that began on one item is spread at once, and what it had used stays used', async () => {
  const scope = team(undefined, { requests: { day: 8 }, tokens: { month: 2000 } });
  const held = await hold(ledger(), scope);
  for (let made = 0; made < 3; made += 1) await charge(ledger(), scope);
  const spread = { ...scope, shards: 4 };
  const busy = ledger();
  for (let made = 0; made < 4; made += 1) await charge(busy, spread);
  expect(await usage(spread)).toEqual([8, 800]);
  expect(await statementOf(hold(busy, spread))).toMatchObject({ code: 'rate_limited' });

  // A call that began before is settled where it began, and its room is there a minute later, or after a refusal.
  expect(await held.settle(nothing, signal)).toMatchObject({ limits: [{ used: 7 }, { used: 700 }] });
  expect(await statementOf(hold(busy, spread))).toMatchObject({ code: 'rate_limited' });
  await charge(busy, spread);
  expect(await statementOf(hold(busy, spread))).toMatchObject({
    code: 'quota_exceeded',
    details: { limit: 'requests', max: 8, used: 8 },
  });
  // The parts of the next day are whole.
  for (let made = 0; made < 8; made += 1) await charge(busy, spread, call, '2026-11-23T12:00:00Z');
  expect(await usage(spread, '2026-11-23T12:00:00Z')).toEqual([8, 1600]);
});

test('a function with another number, or none, counts in the shards of the month', async () => {
  const scope = team(2, { requests: { day: 4 } });
  await charge(ledger(), scope);
  const [older, newer] = [ledger(), ledger()];
  await charge(older, { ...scope, shards: undefined });
  await charge(newer, { ...scope, shards: 16 });
  await charge(older, { ...scope, shards: undefined });
  expect(await statementOf(hold(older, { ...scope, shards: undefined }))).toMatchObject({
    details: { max: 4, used: 4 },
  });
  expect(await statementOf(hold(newer, { ...scope, shards: 16 }))).toMatchObject({
    details: { max: 4, used: 4 },
  });
  expect(await usage({ ...scope, shards: 16 })).toEqual([4]);

  // The next month has the number of the first call that wants one.
  const december = '2026-12-22T12:00:00Z';
  for (let made = 0; made < 4; made += 1) await charge(newer, { ...scope, shards: 16 }, call, december);
  expect(await statementOf(hold(older, scope, call, december))).toMatchObject({ details: { used: 4 } });
});

test('a limit that is raised at run time is divided like any other', async () => {
  const scope = team(4, { requests: { day: 2 } });
  const busy = ledger();
  for (let made = 0; made < 2; made += 1) await charge(busy, scope);
  await statementOf(hold(busy, scope));
  const raised = { ...scope, limits: { requests: { day: 7 } } };
  for (let made = 0; made < 5; made += 1) await charge(busy, raised);
  expect(await statementOf(hold(busy, raised))).toMatchObject({ details: { max: 7, used: 7 } });
  expect(await statementOf(hold(busy, scope))).toMatchObject({ details: { max: 2, used: 7 } });
});

test('a limit that is lowered holds at once, however unevenly the shards were used', async () => {
  const scope = team(4, { requests: { day: 100 }, tokens: { month: 10_000 } });
  const busy = ledgerOf(0.99, 0, 0.25, 0.5);
  for (const start of [0.99, 0.99, 0.99, 0.99, 0.99, 0.99, 0.99, 0]) await charge(ledgerOf(start), scope);
  await charge(busy, scope);
  const lowered = { ...scope, limits: { requests: { day: 12 }, tokens: { month: 10_000 } } };
  for (const made of [10, 11, 12]) {
    expect(await charge(busy, lowered)).toMatchObject({ limits: [{ max: 12, used: made }, {}] });
  }
  const usedUp = { code: 'quota_exceeded', details: { limit: 'requests', period: 'day', max: 12, used: 12 } };
  expect(await statementOf(hold(busy, lowered))).toMatchObject(usedUp);
  expect(await statementOf(hold(ledger(), lowered))).toMatchObject(usedUp);
  // Also for a call that costs nothing of it.
  const below = { ...scope, limits: { ...lowered.limits, tokens: { month: 1100 } } };
  expect(await statementOf(hold(busy, below, { ...call, requests: 0, tokens: 0 }))).toMatchObject({
    details: { limit: 'tokens', max: 1100, used: 1200 },
  });
  // Raised again, and the next day, it is divided as ever.
  await charge(busy, scope);
  for (let made = 0; made < 12; made += 1) await charge(busy, lowered, call, '2026-11-23T12:00:00Z');
});

test('a pace that begins when shards are used unevenly, and fewer calls at once, hold at once', async () => {
  const scope = team(2, { requests: { month: 3000 }, callsAtOnce: 8 });
  const start = '2026-11-01T00:00:00Z';
  const left = ledgerOf(0);
  const held = [];
  for (let made = 0; made < 4; made += 1) held.push(await hold(left, scope, call, start));
  const fewer = { ...scope, limits: { ...scope.limits, callsAtOnce: 4 } };
  expect(await statementOf(hold(left, fewer, call, start))).toMatchObject({
    code: 'rate_limited',
    details: { limit: 'callsAtOnce', max: 4, used: 4 },
  });
  for (const one of held) await one.settle(call, signal);
  const paced = {
    ...scope,
    limits: { requests: { month: 3000 }, pace: { requests: { month: { burst: 4 } } } },
  };
  expect(await statementOf(hold(ledger(), paced, call, start))).toMatchObject({
    code: 'rate_limited',
    details: { max: 3000, used: 4, allowedNow: 4 },
  });
  // 100 a day: one takes 864 seconds.
  expect((await refusal(hold(ledger(), paced, call, start))).retryAfterSeconds).toBe(864);
  await charge(ledger(), paced, call, '2026-11-01T00:14:24Z');
  expect(await statementOf(hold(ledger(), paced, call, '2026-11-01T00:14:24Z'))).toMatchObject({
    details: { used: 5, allowedNow: 5 },
  });
});

test('a limit that is raised for less than a minute, and lowered again, counts what was used meanwhile', async () => {
  const scope = team(4, { requests: { day: 4 } });
  const raised = { ...scope, limits: { requests: { day: 100 } } };
  const busy = ledgerOf(0.5);
  await charge(busy, scope);
  for (let made = 1; made < 4; made += 1) await charge(busy, raised);
  expect(await statementOf(hold(busy, scope))).toMatchObject({ details: { max: 4, used: 4 } });
});

test('what calls in flight held when a limit was lowered is free when they have ended', async () => {
  const scope = team(4, { callsAtOnce: 16 });
  const busy = ledger();
  const held = [];
  for (let made = 0; made < 8; made += 1) held.push(await hold(busy, scope));
  const fewer = { ...scope, limits: { callsAtOnce: 2 } };
  expect(await statementOf(hold(busy, fewer))).toMatchObject({ details: { max: 2, used: 8 } });
  for (const one of held) await one.settle(call, signal);
  // One refusal shows it that they have.
  expect(await statementOf(hold(busy, fewer))).toMatchObject({ code: 'rate_limited' });
  const both = [await hold(busy, fewer), await hold(busy, fewer)];
  for (const one of both) await one.settle(call, signal);
});

test('a cost above a hold is known to a function at the latest when it has refused a call for good', async () => {
  const scope = team(2, { tokens: { day: 4000 } });
  const busy = ledgerOf(0, 0.5, 0);
  const first = await hold(busy, scope);
  const second = await hold(busy, scope, { ...call, tokens: 1950 });
  await first.settle({ ...call, tokens: 6000 }, signal);
  expect(await statementOf(hold(busy, scope))).toMatchObject({ code: 'quota_exceeded' });
  await second.settle(nothing, signal);
  expect(await statementOf(hold(busy, scope))).toMatchObject({ code: 'quota_exceeded' });
});

test('the room of a call is that of the largest part, with what calls hold above theirs', async () => {
  const limits = { tokens: { day: 12_000 } };
  const scope = team(4, { tokens: { day: 100_000 } });
  const busy = ledgerOf(0);
  await hold(busy, scope, { ...call, tokens: 9000 });
  const { tokens } = await busy.room([{ ...scope, limits }], Date.parse(noon), signal);
  expect(tokens).toBe(1000);
  await charge(busy, { ...scope, limits }, { ...call, tokens });
});

test('a week that began in the month before is spread too', async () => {
  const scope = team(4, { requests: { week: 5 } });
  const busy = ledger();
  for (const at of ['2026-11-30T12:00:00Z', '2026-12-01T12:00:00Z', '2026-12-02T12:00:00Z']) {
    await charge(busy, scope, call, at);
  }
  await charge(busy, { ...scope, shards: undefined }, call, '2026-12-02T12:00:00Z');
  await charge(busy, scope, call, '2026-12-03T12:00:00Z');
  expect(await statementOf(hold(busy, scope, call, '2026-12-03T12:00:00Z'))).toMatchObject({
    details: { limit: 'requests', period: 'week', max: 5, used: 5 },
  });
});

test('a call whose minute the first item has left behind is refused', async () => {
  const scope = team(undefined, { requests: { minute: 1 } });
  await charge(ledger(), scope, call, '2026-11-22T12:00:00Z');
  await charge(ledger(), scope, call, '2026-11-22T12:05:00Z');
  const spread = { ...scope, shards: 4 };
  expect(await statementOf(hold(ledger(), spread, call, '2026-11-22T12:00:30Z'))).toMatchObject({
    code: 'rate_limited',
  });
});
