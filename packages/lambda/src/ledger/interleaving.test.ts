import { type ErrorCode, type LimitPeriod, limitKinds, limitPeriods, pacedPeriods } from '@org/contract';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProxyError } from '../proxy-error.ts';
import { windowBy } from '../testing/ledger/window-by.ts';

import { type Account, accountsOf } from './account.ts';
import { type Amounts, amountsOf, nothing, unitOf } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import type { Counters } from './counters.ts';
import { createLedger, type Hold } from './ledger.ts';
import { isLive, momentOf, slotOf } from './moment.ts';
import { type Bound, boundsOf, type Scope } from './scope.ts';
import { ShardedAccounts } from './sharded-accounts.ts';

let table: TestTable;
let counters: CounterTable;
beforeAll(async () => {
  table = await startTestTable();
  counters = new CounterTable({ client: table.client, table: tableName });
});
afterAll(() => table.close());

const { signal } = new AbortController();

/** What is committed in all items of an account. */
async function read(account: Account): Promise<Counters> {
  const sharded = new ShardedAccounts(
    counters,
    (of, hold, until) => counters.hold({ account: of, ...hold }, until),
    Math.random,
  );
  return (await sharded.read(account, signal)).counters;
}

/** Its clocks are set back in the night of the first calls. */
const timeZone = 'Europe/Berlin';
const amounts: fc.Arbitrary<Amounts> = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: limitKinds.length, maxLength: limitKinds.length })
  .map((numbers) => ({ ...amountsOf((kind) => numbers[limitKinds.indexOf(kind)] ?? 0), requests: 1 }));
/** In whole units, such as micro-USD, so that every kind is counted in the same way. */
const inUnits = <Period extends LimitPeriod>(periods: readonly Period[], max: number) =>
  fc.dictionary(
    fc.constantFrom(...limitKinds),
    fc.dictionary(fc.constantFrom(...periods), fc.integer({ min: 0, max }), { maxKeys: 3 }),
  );
const limits: fc.Arbitrary<Scope['limits']> = fc
  .tuple(inUnits(limitPeriods, 200), inUnits(pacedPeriods, 80))
  .map(([units, bursts]) => {
    const byKind = (of: typeof units, write: (amount: number) => unknown) =>
      Object.fromEntries(
        limitKinds.map((kind) => [
          kind,
          Object.fromEntries(
            Object.entries(of[kind] ?? {}).map(([period, amount]) => [period, write(amount / unitOf[kind])]),
          ),
        ]),
      );
    return { ...byKind(units, (max) => max), pace: byKind(bursts, (burst) => ({ burst })) };
  });

/** A reference ledger's record of a call: its hold and its settlement. */
interface Known {
  readonly at: number;
  readonly worstCase: Amounts;
  charge?: Amounts;
}

const windowOf = (period: LimitPeriod, at: number) => windowBy(period, at, timeZone);

/** Whether the pace of a limit allows an amount, by fractions and an independent calendar. */
function isAllowed({ period, max, burst = max }: Bound, amount: number, now: number): boolean {
  const { began, ends } = windowOf(period, now);
  return BigInt(amount - burst) * BigInt(ends - began) <= BigInt(max) * BigInt(now - began);
}

/** Why a hold must be refused: finally if the charges, with the holds of dead calls, leave no room. */
function refusalOf(calls: readonly Known[], scope: Scope, worstCase: Amounts, now: number): ErrorCode {
  const bounds = boundsOf(scope);
  if (bounds.some(({ limit, max }) => max > 0 && worstCase[limit] > max)) return 'exceeds_limit';
  const moment = momentOf(now, timeZone);
  const isDead = ({ at }: Known, period: LimitPeriod) => {
    const began = momentOf(at, timeZone);
    const slots = period === 'month' ? 'day' : period;
    return !isLive(slotOf(began, slots, 'short'), began.windows[slots].month, moment);
  };
  const final = bounds.some(({ limit, period, max }) => {
    // A minute soon ends, so its refusals may be tried again.
    if (period === 'minute' && max > 0) return false;
    const charged = calls
      .filter((call) => windowOf(period, call.at).began === windowOf(period, now).began)
      .filter((call) => call.charge || isDead(call, period))
      .reduce((sum, call) => sum + (call.charge ?? call.worstCase)[limit], 0);
    return charged + worstCase[limit] > max;
  });
  return final ? 'quota_exceeded' : 'rate_limited';
}

/** A refusal by the pace of a limit has reason to be: with what is charged for good, the call would pass it. */
function checkPace(error: ProxyError, scope: Scope, worstCase: Amounts, now: number): void {
  const details = error.hasCode('rate_limited') && error.statement.details;
  if (!details || details.allowedNow === undefined) return;
  const bound =
    boundsOf(scope).find(({ limit, period }) => limit === details.limit && period === details.period) ??
    expect.unreachable();
  const used = Math.round(details.used * unitOf[bound.limit]);
  expect(isAllowed(bound, used + worstCase[bound.limit], now)).toBe(false);
  const allowed = Math.round(details.allowedNow * unitOf[bound.limit]);
  expect(isAllowed(bound, allowed, now)).toBe(true);
}

/** The end of a call: settled with a share of its hold, refunded, or lost. */
const outcome = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refund' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
);

const step = fc.record({
  worstCase: amounts,
  outcome,
  /** Milliseconds that pass before the call: up to a day and a half, so that windows end on the way. */
  pause: fc.oneof(...[10_000, 60_000, 3_600_000, 36 * 3_600_000].map((max) => fc.integer({ min: 0, max }))),
  /** How many later calls begin before this one ends. */
  overlap: fc.integer({ min: 0, max: 5 }),
});

/** Over how many shards the functions of two deployments spread a team, which answer in turn. */
const shards = fc.oneof(
  { weight: 2, arbitrary: fc.constant([1, 1] as const) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(1, 2, 4), fc.constantFrom(1, 3, 4)) },
);

test('in any order of holds, settlements, refunds and crashes, no limit or pace is passed and no charge is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      limits,
      shards,
      fc.array(step, { minLength: 1, maxLength: 25 }),
      async (limits, spread, steps) => {
        const scope: Scope = { kind: 'team', id: crypto.randomUUID(), limits };
        const isSpread = Math.max(...spread) > 1;
        const expected = new Map<number, Amounts>();
        const calls: Known[] = [];
        let turn = 0;
        const functions = spread.map((number) => ({
          scope: { ...scope, shards: number },
          ledger: createLedger(counters, timeZone, [], () => (turn++ % 4) / 4),
        }));
        const charge = (at: number, charged: Amounts) => {
          const month = windowOf('month', at).began;
          const before = expected.get(month) ?? nothing;
          expected.set(
            month,
            amountsOf((kind) => before[kind] + charged[kind]),
          );
        };

        let running: { readonly ends: number; readonly finish: () => Promise<void> }[] = [];
        const finishUntil = async (index: number) => {
          const done = running.filter(({ ends }) => ends <= index);
          running = running.filter(({ ends }) => ends > index);
          for (const { finish } of done) await finish();
        };
        let now = Date.parse('2026-10-24T21:58:00Z');

        for (const [index, { worstCase, outcome, pause, overlap }] of steps.entries()) {
          await finishUntil(index);
          now += pause;
          const at = now;
          const { ledger, scope: asked } = functions[index % 2] ?? expect.unreachable();
          const held: Hold | undefined = await ledger
            .hold({ scopes: [asked], worstCase, duration: 'short', at }, { hold: signal, settle: signal })
            .catch((error: unknown) => {
              if (!(error instanceof ProxyError)) throw error;
              // Over shards, a refusal may be of parts that are too small.
              if (!isSpread) {
                expect(error.statement.code).toBe(refusalOf(calls, scope, worstCase, at));
                checkPace(error, scope, worstCase, at);
              }
              return undefined;
            });
          if (held) {
            const call: Known = { at, worstCase };
            calls.push(call);
            const share = outcome.kind === 'settle' ? outcome.share : 0;
            const cost =
              outcome.kind === 'crash' ? worstCase : amountsOf((kind) => Math.floor(worstCase[kind] * share));
            charge(at, cost);
            running.push({
              ends: index + 1 + overlap,
              finish: async () => {
                if (outcome.kind === 'crash') return;
                await held.settle(cost, signal);
                call.charge = cost;
              },
            });
          }
          // Never past a limit at any moment, including the holds of all calls in flight.
          for (const account of accountsOf(scope, momentOf(now, timeZone))) {
            const { committed } = await read(account);
            for (const bound of account.bounds) {
              const used = committed[bound.period][bound.limit];
              expect(used).toBeLessThanOrEqual(bound.max);
              expect(isAllowed(bound, used, now), JSON.stringify(bound)).toBe(true);
            }
          }
        }
        await finishUntil(Number.POSITIVE_INFINITY);

        for (const [month, total] of expected) {
          const [account] = accountsOf(scope, momentOf(month, timeZone));
          expect((await read(account)).committed.month).toEqual(total);
        }
        // Shorter windows are known until later calls leave them behind.
        const [account] = accountsOf(scope, momentOf(now, timeZone));
        const today = calls.filter(({ at }) => windowOf('day', at).began === windowOf('day', now).began);
        expect((await read(account)).committed.day).toEqual(
          amountsOf((kind) =>
            today.reduce((sum, { charge: cost, worstCase }) => sum + (cost ?? worstCase)[kind], 0),
          ),
        );
      },
    ),
    { numRuns: 100 },
  );
}, 600_000);
