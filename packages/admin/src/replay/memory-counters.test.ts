import { limitKinds, limitPeriods } from '@org/contract';
import { amountsOf } from '@org/lambda/ledger/amounts';
import { CounterTable } from '@org/lambda/ledger/counter-table';
import { createLedger, type Hold, type HoldRequest, type Ledger } from '@org/lambda/ledger/ledger';
import type { Scope } from '@org/lambda/ledger/scope';
import { ProxyError } from '@org/lambda/proxy-error';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryCounters } from './memory-counters.ts';

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

const { signal } = new AbortController();
const signals = { hold: signal, settle: signal };

const amount = fc.integer({ min: 0, max: 40 });
const amounts = fc
  .tuple(...limitKinds.map(() => amount))
  .map((numbers) => amountsOf((kind) => numbers[limitKinds.indexOf(kind)] ?? 0));
const period = fc.dictionary(fc.constantFrom(...limitPeriods), fc.integer({ min: 0, max: 300 }), {
  maxKeys: 3,
});
const limits = fc.record(
  { requests: period, tokens: period, callsAtOnce: fc.integer({ min: 1, max: 5 }) },
  { requiredKeys: [] },
);
const step = fc.record({
  worstCase: amounts,
  charge: amounts,
  duration: fc.constantFrom('short' as const, 'long' as const),
  /** Whether the key's own limits count too. */
  key: fc.boolean(),
  pause: fc.oneof(fc.nat(60_000), fc.nat(3_600_000), fc.nat(36 * 3_600_000)),
  /** How many later calls begin before it is settled; some never are. */
  overlap: fc.oneof(fc.nat(4), fc.constant(Number.POSITIVE_INFINITY)),
});

/** Before a deployment, and after it. */
const shards = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));

/** Chooses one shard after the other. */
function inTurn(): () => number {
  let calls = 0;
  return () => (calls++ % 4) / 4;
}

/** What a ledger answers to a hold. */
async function answerOf(ledger: Ledger, request: HoldRequest) {
  try {
    return { held: await ledger.hold(request, signals) };
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    return { refused: error.statement };
  }
}

test('counters in memory admit, refuse and settle every call as the table does', async () => {
  await fc.assert(
    fc.asyncProperty(
      limits,
      limits,
      shards,
      fc.array(step, { maxLength: 20 }),
      async (ofTeam, ofKey, spread, steps) => {
        const team: Scope = { kind: 'team', id: crypto.randomUUID(), limits: ofTeam };
        const key: Scope = { kind: 'key', id: crypto.randomUUID(), limits: ofKey };
        const counters = new CounterTable({ client: table.client, table: tableName });
        const inTable = createLedger(counters, 'UTC', [80], inTurn());
        const inMemory = createLedger(new MemoryCounters(), 'UTC', [80], inTurn());
        let running: { readonly ends: number; readonly settle: () => Promise<void> }[] = [];
        let at = Date.parse('2026-11-29T22:00:00Z');
        for (const [index, { worstCase, charge, pause, overlap, ...call }] of steps.entries()) {
          for (const { settle } of running.filter(({ ends }) => ends <= index)) await settle();
          running = running.filter(({ ends }) => ends > index);
          at += pause;
          const request = {
            ...{ worstCase, duration: call.duration, at },
            // The number of shards changes in the middle.
            scopes: [...(call.key ? [key] : []), { ...team, shards: spread[index < 10 ? 0 : 1] }],
          };
          const expected = await answerOf(inTable, request);
          const answer = await answerOf(inMemory, request);
          expect(answer.refused).toEqual(expected.refused);
          if (!answer.held || !expected.held) continue;
          const holds: [Hold, Hold] = [answer.held, expected.held];
          const settle = async () => {
            const [settled, wanted] = await Promise.all(holds.map((hold) => hold.settle(charge, signal)));
            expect(settled).toEqual(wanted);
          };
          running.push({ ends: index + 1 + overlap, settle });
        }
        const usage = (ledger: Ledger) => ledger.usage([key, team], at, signal);
        expect(await usage(inMemory)).toEqual(await usage(inTable));
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);
