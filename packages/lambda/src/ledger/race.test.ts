import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { limitKinds } from '@org/contract';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Race, RaceOutcome } from '../testing/ledger/racer.ts';
import type { Scope } from './admission.ts';
import { amountsOf, nothing, unitOf } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import { momentOf } from './moment.ts';

const at = Date.parse('2026-11-22T12:00:00Z');
const processes = 4;
vi.setConfig({ testTimeout: 60_000 });

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

/** Many callers at once, from several processes, against one limit. */
async function runRace({
  callers,
  ...race
}: Pick<Race, 'scope' | 'worstCase' | 'trueCost' | 'retry'> & { readonly callers: number }) {
  const share: Race = { ...race, url: table.url, calls: callers / processes, at };
  const outcomes = await Promise.all(
    Array.from({ length: processes }, async (): Promise<RaceOutcome> => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--conditions=@org/source',
        join(import.meta.dirname, '../testing/ledger/racer.ts'),
        JSON.stringify(share),
      ]);
      return JSON.parse(stdout);
    }),
  );
  const sum = (count: (outcome: RaceOutcome) => number) =>
    outcomes.reduce((total, one) => total + count(one), 0);
  const counters = await new CounterTable({ client: table.client, table: tableName }).read(
    race.scope,
    momentOf(at),
    new AbortController().signal,
  );
  return {
    admitted: sum(({ admitted }) => admitted),
    exhausted: sum(({ exhausted }) => exhausted),
    busy: sum(({ busy }) => busy),
    leastUsedWhenExhausted: Math.min(
      ...outcomes.map(({ leastUsedWhenExhausted }) => leastUsedWhenExhausted ?? Number.POSITIVE_INFINITY),
    ),
    counters,
  };
}

const one = { ...amountsOf(() => 50), requests: 1 };
const hundredfold = amountsOf((kind) => 100 * one[kind]);

test.each(limitKinds)(
  'if a hold is the true cost, exactly as many calls are admitted as fit the limit on %s',
  async (kind) => {
    const max = hundredfold[kind] / unitOf[kind];
    const { admitted, exhausted, busy, counters } = await runRace({
      callers: 1000,
      scope: { kind: 'team', id: kind, limits: { [kind]: { day: max, month: 2 * max } } },
      worstCase: one,
      trueCost: one,
      retry: false,
    });
    expect([admitted, exhausted + busy]).toEqual([100, 900]);
    expect(counters.committed.month).toEqual(hundredfold);
    expect(counters.held).toEqual({ day: nothing, month: nothing });
  },
);

test('if a hold is more than the true cost, less than one hold is left over, and no call is refused early', async () => {
  const scope: Scope = { kind: 'team', id: 'dear', limits: { tokens: { month: 5000 } } };
  const worstCase = { ...nothing, requests: 1, tokens: 400 };
  const trueCost = { ...nothing, requests: 1, tokens: 150 };
  const { counters, leastUsedWhenExhausted } = await runRace({
    callers: 200,
    scope,
    worstCase,
    trueCost,
    retry: true,
  });
  const charged = counters.committed.month.tokens;
  expect(charged).toBeLessThanOrEqual(5000);
  expect(5000 - charged).toBeLessThan(worstCase.tokens);
  expect(leastUsedWhenExhausted + worstCase.tokens).toBeGreaterThan(5000);
  expect(counters.held).toEqual({ day: nothing, month: nothing });
});

test('callers who do not try again get a refusal that allows a retry', async () => {
  const scope: Scope = { kind: 'team', id: 'impatient', limits: { tokens: { month: 5000 } } };
  const worstCase = { ...nothing, requests: 1, tokens: 2500 };
  const trueCost = { ...nothing, requests: 1, tokens: 1 };
  const { admitted, busy, exhausted } = await runRace({
    callers: 1000,
    scope,
    worstCase,
    trueCost,
    retry: false,
  });
  expect(admitted).toBeGreaterThanOrEqual(2);
  expect(admitted + busy).toBe(1000);
  expect(exhausted).toBe(0);
});
