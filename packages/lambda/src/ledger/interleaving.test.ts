import { type ErrorCode, type LimitPeriod, limitKinds } from '@org/contract';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProxyError } from '../proxy-error.ts';
import { boundsOf, type Scope } from './admission.ts';
import { type Amounts, amountsOf, nothing, unitOf } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import { createLedger, type Hold, type Ledger } from './ledger.ts';
import { isLive, momentOf, slotOf } from './moment.ts';

let table: TestTable;
let counters: CounterTable;
let ledger: Ledger;
beforeAll(async () => {
  table = await startTestTable();
  counters = new CounterTable({ client: table.client, table: tableName });
  ledger = createLedger(counters);
});
afterAll(() => table.close());

const { signal } = new AbortController();
const amounts: fc.Arbitrary<Amounts> = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: limitKinds.length, maxLength: limitKinds.length })
  .map((numbers) => ({ ...amountsOf((kind) => numbers[limitKinds.indexOf(kind)] ?? 0), requests: 1 }));
/** In whole units, such as micro-USD, so that every kind is counted in the same way. */
const limits: fc.Arbitrary<Scope['limits']> = fc
  .dictionary(
    fc.constantFrom(...limitKinds),
    fc.record(
      { day: fc.integer({ min: 0, max: 200 }), month: fc.integer({ min: 0, max: 200 }) },
      { requiredKeys: [] },
    ),
  )
  .map((units) =>
    Object.fromEntries(
      limitKinds.map((kind) => {
        const { day, month } = units[kind] ?? {};
        const limit = (max: number | undefined) => max && max / unitOf[kind];
        return [kind, { day: limit(day), month: limit(month) }];
      }),
    ),
  );

/** A reference ledger's record of a call: its hold and its settlement. */
interface Known {
  readonly at: number;
  readonly worstCase: Amounts;
  charge?: Amounts;
}

const inPeriod = (period: LimitPeriod, at: number, now: number) =>
  period === 'month'
    ? momentOf(at).month === momentOf(now).month
    : momentOf(at).month === momentOf(now).month && momentOf(at).day === momentOf(now).day;

/** Why a hold must be refused: finally if the charges, with the holds of dead calls, leave no room. */
function refusalOf(calls: readonly Known[], scope: Scope, worstCase: Amounts, now: number): ErrorCode {
  const bounds = boundsOf(scope);
  if (bounds.some(({ limit, max }) => max > 0 && worstCase[limit] > max)) return 'exceeds_limit';
  const final = bounds.some(({ limit, period, max }) => {
    const charged = calls
      .filter((call) => inPeriod(period, call.at, now))
      .filter((call) => call.charge || !isLive(slotOf(momentOf(call.at), 'short'), momentOf(now)))
      .reduce((sum, call) => sum + (call.charge ?? call.worstCase)[limit], 0);
    return charged + worstCase[limit] > max;
  });
  return final ? 'quota_exceeded' : 'rate_limited';
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
  /** Milliseconds that pass before the call: up to a day and a half, so that days and months end on the way. */
  pause: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 36 * 3_600_000 })),
  /** How many later calls begin before this one ends. */
  overlap: fc.integer({ min: 0, max: 5 }),
});

test('in any order of holds, settlements, refunds and crashes, no limit is passed and no charge is lost', async () => {
  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { minLength: 1, maxLength: 25 }), async (limits, steps) => {
      const scope: Scope = { kind: 'team', id: crypto.randomUUID(), limits };
      const expected = new Map<string, Amounts>();
      const calls: Known[] = [];
      const charge = (at: number, charged: Amounts) => {
        const moment = momentOf(at);
        for (const period of [`month ${moment.month}`, `day ${moment.month}-${moment.day}`]) {
          const before = expected.get(period) ?? nothing;
          expected.set(
            period,
            amountsOf((kind) => before[kind] + charged[kind]),
          );
        }
      };

      let running: { readonly ends: number; readonly finish: () => Promise<void> }[] = [];
      const finishUntil = async (index: number) => {
        const done = running.filter(({ ends }) => ends <= index);
        running = running.filter(({ ends }) => ends > index);
        for (const { finish } of done) await finish();
      };
      let now = Date.parse('2026-11-25T23:58:00Z');

      for (const [index, { worstCase, outcome, pause, overlap }] of steps.entries()) {
        await finishUntil(index);
        now += pause;
        const at = now;
        const held: Hold | undefined = await ledger
          .hold({ scopes: [scope], worstCase, duration: 'short', at }, { hold: signal, settle: signal })
          .catch((error: unknown) => {
            if (!(error instanceof ProxyError)) throw error;
            expect(error.statement.code).toBe(refusalOf(calls, scope, worstCase, at));
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
        const { committed } = await counters.read(scope, momentOf(now), signal);
        for (const { limit, period, max } of boundsOf(scope)) {
          expect(committed[period][limit]).toBeLessThanOrEqual(max);
        }
      }
      await finishUntil(Number.POSITIVE_INFINITY);

      for (const [period, total] of expected) {
        const [kind, date = ''] = period.split(' ');
        const at = Date.parse(kind === 'month' ? `${date}-01T00:00:00Z` : `${date}T00:00:00Z`);
        const { committed } = await counters.read(scope, momentOf(at), signal);
        expect([period, committed[kind === 'month' ? 'month' : 'day']]).toEqual([period, total]);
      }
    }),
    { numRuns: 100 },
  );
}, 60_000);
