import { type LimitPeriod, pacedPeriods } from '@org/contract';
import { countersKey, readItem } from '@org/table';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProxyError } from '../proxy-error.ts';
import { runs } from '../testing/fuzz.ts';
import { refusal } from '../testing/ledger/refusal.ts';
import { windowBy } from '../testing/ledger/window-by.ts';
import { type Amounts, nothing } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import { createLedger } from './ledger.ts';
import { momentOf } from './moment.ts';
import { mostAt } from './pace.ts';
import type { Scope } from './scope.ts';

let table: TestTable;
let counters: CounterTable;
beforeAll(async () => {
  table = await startTestTable();
  counters = new CounterTable({ client: table.client, table: tableName });
});
beforeEach(() => {
  table.operations.length = 0;
});
afterAll(() => table.close());

const { signal } = new AbortController();
const hour = 3_600_000;
const day = 24 * hour;
const team = (limits: Scope['limits']): Scope => ({ kind: 'team', id: crypto.randomUUID(), limits });
const tokens = (amount: number): Amounts => ({ ...nothing, requests: 1, tokens: amount });

/** 500 tokens in the 30 days of a November: 16.67 a day. */
const budget = { tokens: { month: 500 }, pace: { tokens: { month: { burst: 10 } } } };

async function spend(scope: Scope, at: string | number, worstCase: Amounts, timeZone = 'UTC') {
  const ledger = createLedger(counters, timeZone);
  const request = { scopes: [scope], worstCase, duration: 'short' as const, at: new Date(at).getTime() };
  const hold = await ledger.hold(request, { hold: signal, settle: signal });
  return hold.settle(worstCase, signal);
}

test('at the beginning of a period only the burst may be used, and then its share of the limit as well', async () => {
  const scope = team(budget);
  await spend(scope, '2026-11-01T00:00:00Z', tokens(10));
  expect((await refusal(spend(scope, '2026-11-01T00:00:00Z', tokens(1)))).statement.code).toBe(
    'rate_limited',
  );
  // A token takes 86.4 minutes.
  await refusal(spend(scope, '2026-11-01T01:26:23.999Z', tokens(1)));
  await spend(scope, '2026-11-01T01:26:24Z', tokens(1));
  await spend(scope, '2026-11-16T00:00:00Z', tokens(249));
  await refusal(spend(scope, '2026-11-16T00:00:00Z', tokens(1)));
  // The limit itself is passed at no time.
  const late = '2026-11-30T23:59:59Z';
  await spend(scope, late, tokens(240));
  expect((await refusal(spend(scope, late, tokens(1)))).statement.code).toBe('quota_exceeded');
  await spend(scope, '2026-12-01T00:00:00Z', tokens(10));
});

test('a refusal says what the pace allows, and when there is room for this call', async () => {
  const scope = team(budget);
  await spend(scope, '2026-11-04T00:00:00Z', tokens(50));
  const error = await refusal(spend(scope, '2026-11-04T00:00:00Z', tokens(20)));
  expect(error.statement).toEqual({
    code: 'rate_limited',
    message:
      'This team has used 50 of 500 tokens this month; its pace allows 60 by now, and the call may need 20. Try again in 15 h.',
    details: {
      limit: 'tokens',
      period: 'month',
      scope: 'team',
      max: 500,
      used: 50,
      allowedNow: 60,
      resetsAt: '2026-12-01T00:00:00.000Z',
    },
  });
  // Ten more tokens. No client should wait so long without saying so.
  expect([error.retryAfterSeconds, error.retryable]).toEqual([(10 * 30 * day) / 500 / 1000, false]);
});

test('a wait of up to a minute may be waited for', async () => {
  const scope = team({ tokens: { hour: 3600 }, pace: { tokens: { hour: { burst: 0 } } } });
  const error = await refusal(spend(scope, '2026-11-04T12:00:00Z', tokens(60)));
  expect(error.statement.message).toContain('Try again in 60 s.');
  expect([error.retryAfterSeconds, error.retryable]).toEqual([60, true]);
  expect((await refusal(spend(scope, '2026-11-04T12:00:00Z', tokens(61)))).retryable).toBe(false);
});

test('if only calls in flight are ahead of the pace, the call may try again soon', async () => {
  const scope = team(budget);
  const request = { scopes: [scope], worstCase: tokens(10), duration: 'short' as const };
  const at = Date.parse('2026-11-01T00:00:00Z');
  const signals = { hold: signal, settle: signal };
  const ledger = createLedger(counters, 'UTC');
  const hold = await ledger.hold({ ...request, at }, signals);
  const error = await refusal(ledger.hold({ ...request, at }, signals));
  expect([error.statement.code, error.statement.details, error.retryAfterSeconds]).toEqual([
    'rate_limited',
    undefined,
    1,
  ]);
  await hold.settle(tokens(0), signal);
  await ledger.hold({ ...request, at }, signals);
});

test('a pace costs no write and no byte more, and a call that is larger than it allows none at all', async () => {
  const items = await Promise.all(
    [{ tokens: budget.tokens }, budget].map(async (limits) => {
      const scope = team(limits);
      await spend(scope, '2026-11-22T12:00:00Z', tokens(10));
      return readItem({ client: table.client, table: tableName }, countersKey(scope, '2026-11'));
    }),
  );
  const [{ pk: _, ...without } = {}, { pk: __, ...paced } = {}] = items;
  expect(paced).toEqual(without);
  expect(table.operations.filter((operation) => operation === 'UpdateItem')).toHaveLength(4);
  table.operations.length = 0;
  await refusal(spend(team(budget), '2026-11-01T00:00:00Z', tokens(11)));
  expect(table.operations).toEqual(['GetItem']);
});

test('a higher limit moves the pace at once, and one that was lowered below what is used is used up', async () => {
  const scope = team(budget);
  await spend(scope, '2026-11-16T00:00:00Z', tokens(260));
  await refusal(spend(scope, '2026-11-16T00:00:00Z', tokens(1)));
  const raised = { ...scope, limits: { ...budget, tokens: { month: 700 } } };
  await spend(raised, '2026-11-16T00:00:00Z', tokens(100));
  expect((await refusal(spend(raised, '2026-11-16T00:00:00Z', tokens(1)))).statement.details).toMatchObject({
    allowedNow: 360,
  });
  expect((await refusal(spend(scope, '2026-11-16T00:00:00Z', tokens(200)))).statement.code).toBe(
    'quota_exceeded',
  );
});

test('without a limit a pace has no effect, and a limit of 0 stays closed', async () => {
  const pace = { tokens: { month: { burst: 0 } } };
  await spend(team({ pace }), '2026-11-01T00:00:00Z', tokens(1000));
  await spend(team({ tokens: { month: null, day: 1000 }, pace }), '2026-11-01T00:00:00Z', tokens(1000));
  const closed = team({ tokens: { month: 0 }, pace });
  expect((await refusal(spend(closed, '2026-11-01T00:00:00Z', tokens(1)))).statement.code).toBe(
    'quota_exceeded',
  );
});

test('usage says what the pace allows now, and an answer what it allowed when the call began', async () => {
  const scope = team({ ...budget, requests: { month: 9 } });
  const at = Date.parse('2026-11-16T00:00:00Z');
  const { limits } = await spend(scope, at, tokens(5));
  expect(limits.map(({ limit, allowedNow }) => [limit, allowedNow])).toEqual([
    ['requests', undefined],
    ['tokens', 260],
  ]);
  const { limits: later } = await createLedger(counters, 'UTC').usage([scope], at + 3 * day, signal);
  expect(later.find(({ limit }) => limit === 'tokens')).toMatchObject({
    used: 5,
    remaining: 495,
    allowedNow: 310,
  });
});

test('of a limit by minute and a pace, the one that opens last is reported', async () => {
  const scope = team({ ...budget, requests: { minute: 1 } });
  await spend(scope, '2026-11-01T00:00:30Z', tokens(9));
  const at = '2026-11-01T00:00:31Z';
  expect((await refusal(spend(scope, at, tokens(1)))).statement.details).toMatchObject({ period: 'minute' });
  expect((await refusal(spend(scope, at, tokens(2)))).statement.details).toMatchObject({ period: 'month' });
});

/** Days and months in which clocks change, and others, of every length. */
const moment = fc.record({
  timeZone: fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
  ),
  day: fc.constantFrom(
    ...['2026-11-01', '2026-03-08', '2027-03-28', '2026-10-25', '2027-02-28', '2028-02-29', '2026-04-05'],
  ),
  after: fc.integer({ min: 0, max: 2 * day }),
});
const parts = fc.record({
  period: fc.constantFrom(...pacedPeriods),
  max: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 10 ** 12 })),
  /** In thousandths of the limit. */
  burst: fc.integer({ min: 0, max: 1200 }),
  /** In hundredths of the limit. */
  used: fc.integer({ min: 0, max: 100 }),
  hold: fc.integer({ min: 1, max: 100 }),
});
const share = (max: number, part: number, of: number) => Math.floor((max * part) / of);

/** Whether a pace allows an amount, by fractions and an independent calendar. */
function allows(
  { max, burst }: { max: number; burst: number },
  amount: number,
  at: number,
  window: readonly [number, number],
) {
  const [began, ends] = window.map(BigInt);
  if (began === undefined || ends === undefined) throw new Error('A window has two ends.');
  return amount <= max && BigInt(amount - burst) * (ends - began) <= BigInt(max) * (BigInt(at) - began);
}

function windowAt(period: LimitPeriod, at: number, timeZone: string): readonly [number, number] {
  // Where clocks change by half an hour, hours begin as momentOf says.
  const { began, ends } =
    period === 'hour' ? momentOf(at, timeZone).windows.hour : windowBy(period, at, timeZone);
  return [began, ends];
}

test('a pace allows exactly its share of the time so far, in any time zone, also when clocks change', () => {
  fc.assert(
    fc.property(moment, parts, ({ timeZone, day: date, after }, { period, max, ...rest }) => {
      const at = Date.parse(`${date}T00:00:00Z`) + after;
      const burst = share(max, rest.burst, 1000);
      const most = mostAt({ limit: 'tokens', period, max, burst }, momentOf(at, timeZone));
      const window = windowAt(period, at, timeZone);
      expect(allows({ max, burst }, most, at, window)).toBe(true);
      expect(allows({ max, burst }, most + 1, at, window)).toBe(false);
    }),
    runs(1500),
  );
});

test('after retry-after there is room for the call, and a second earlier there is none', async () => {
  await fc.assert(
    fc.asyncProperty(moment, parts, async ({ timeZone, day: date, after }, { period, max, ...rest }) => {
      const at = Date.parse(`${date}T00:00:00Z`) + after;
      const burst = share(max, rest.burst, 1000);
      const scope = team({ tokens: { [period]: max }, pace: { tokens: { [period]: { burst } } } });
      const unpaced = { ...scope, limits: { tokens: { [period]: max } } };
      const used = share(max, rest.used, 100);
      await spend(unpaced, at, tokens(used), timeZone);
      const worstCase = tokens(Math.max(1, share(max, rest.hold, 100)));
      const ask = async (time: number) => {
        const request = { scopes: [scope], worstCase, duration: 'short' as const, at: time };
        const ledger = createLedger(counters, timeZone);
        try {
          const hold = await ledger.hold(request, { hold: signal, settle: signal });
          await hold.settle(nothing, signal);
          return undefined;
        } catch (error) {
          if (!(error instanceof ProxyError)) throw error;
          return error;
        }
      };
      const refused = await ask(at);
      const window = windowAt(period, at, timeZone);
      const fits = allows({ max, burst }, used + worstCase.tokens, at, window);
      expect(refused === undefined).toBe(fits);
      if (!refused) return;
      if (used + worstCase.tokens > max) {
        expect(refused.statement.code).toBe('quota_exceeded');
        return;
      }
      expect(refused.statement).toMatchObject({ code: 'rate_limited', details: { period, used } });
      const seconds = refused.retryAfterSeconds ?? expect.unreachable();
      // Two windows may be too short for a call as large as the limit.
      const next = windowAt(period, window[1], timeZone);
      if (at + seconds * 1000 >= next[1]) return;
      expect(await ask(at + (seconds - 1) * 1000)).toBeInstanceOf(ProxyError);
      expect(await ask(at + seconds * 1000)).toBeUndefined();
    }),
    runs(60),
  );
}, 60_000);
