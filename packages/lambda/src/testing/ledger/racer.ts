import { setTimeout as sleep } from 'node:timers/promises';
import { clientFor, tableName } from '@org/table/testing/test-table';
import type { Amounts } from '../../ledger/amounts.ts';
import { CounterTable } from '../../ledger/counter-table.ts';
import { createLedger, type Ledger } from '../../ledger/ledger.ts';
import type { Scope } from '../../ledger/scope.ts';
import { ProxyError } from '../../proxy-error.ts';

/** The work of one process in a race. */
export interface Race {
  readonly scope: Scope;
  /** Further scopes of its calls, after it. */
  readonly others?: readonly Scope[];
  readonly calls: number;
  readonly worstCase: Amounts;
  readonly trueCost: Amounts;
  readonly at: number;
  readonly timeZone: string;
  /** Whether callers try again when only calls in flight stand in the way. */
  readonly retry: boolean;
}

export interface RaceOutcome {
  readonly admitted: number;
  readonly exhausted: number;
  readonly busy: number;
  /** When each admitted call was in flight: milliseconds by the machine's clock. */
  readonly inFlight: readonly (readonly [from: number, to: number])[];
  /** The lowest usage reported in a final refusal. */
  readonly leastUsedWhenExhausted: number | null;
}

/** Runs its share of a race, all calls at once. */
export async function race(share: Race, ledger: Pick<Ledger, 'hold'>): Promise<RaceOutcome> {
  const { signal } = new AbortController();
  let [admitted, exhausted, busy] = [0, 0, 0];
  const inFlight: [number, number][] = [];
  let leastUsed = Number.POSITIVE_INFINITY;

  const call = async () => {
    for (;;) {
      try {
        const request = {
          scopes: [share.scope, ...(share.others ?? [])],
          worstCase: share.worstCase,
          duration: 'short' as const,
          at: share.at,
        };
        const hold = await ledger.hold(request, { hold: signal, settle: signal });
        const from = performance.timeOrigin + performance.now();
        await sleep(Math.random() * 5);
        inFlight.push([from, performance.timeOrigin + performance.now()]);
        const { failure } = await hold.settle(share.trueCost, signal);
        if (failure) throw failure;
        admitted += 1;
        return;
      } catch (error) {
        if (!(error instanceof ProxyError)) throw error;
        if (error.statement.code === 'quota_exceeded') {
          exhausted += 1;
          const { details } = error.statement;
          if (details && 'used' in details) leastUsed = Math.min(leastUsed, details.used);
          return;
        }
        if (!error.hasCode('rate_limited')) throw error;
        if (error.statement.details?.period) {
          // A minute, or the pace of a limit, has no room left.
          exhausted += 1;
          return;
        }
        if (!share.retry) {
          busy += 1;
          return;
        }
        await sleep(share.scope.limits.callsAtOnce ? 20 + Math.random() * 80 : 300 + Math.random() * 300);
      }
    }
  };
  await Promise.all(Array.from({ length: share.calls }, call));
  const leastUsedWhenExhausted = Number.isFinite(leastUsed) ? leastUsed : null;
  return { admitted, exhausted, busy, inFlight, leastUsedWhenExhausted };
}

/** Run as a separate process: it answers each message, its shares of several races, with their outcomes. */
const [url] = process.argv.slice(2);
if (import.meta.main && url) {
  const client = clientFor(url);
  const table = new CounterTable({ client, table: tableName });
  process.on('message', async (shares: readonly Race[]) => {
    const outcomes = shares.map((share) => race(share, createLedger(table, share.timeZone)));
    process.send?.(await Promise.all(outcomes));
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}
