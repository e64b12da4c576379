import { amountsOf } from '@org/lambda/ledger/amounts';
import type { CounterStore } from '@org/lambda/ledger/counter-table';
import { createLedger } from '@org/lambda/ledger/ledger';
import type { Scope } from '@org/lambda/ledger/scope';

/** What calls of one busy team do to the table. */
export interface Spread {
  readonly callsPerSecond: number;
  /** Of the item that has most of them, a call. */
  readonly writes: number;
  readonly reads: number;
}

const calls = 2000;
const atOnce = 32;
const cost = { ...amountsOf(() => 50), requests: 1 };
const { signal } = new AbortController();

/** Makes calls of one team, so many at once as long as there are any. */
export async function spreadOf(table: CounterStore, shards: number, at: number): Promise<Spread> {
  const writes = new Map<number, number>();
  const reads = new Map<number, number>();
  const count = (counts: Map<number, number>, shard = -1) => counts.set(shard, (counts.get(shard) ?? 0) + 1);
  const counted: CounterStore = {
    hold: (write, ...rest) => {
      count(writes, write.account.shard?.number);
      return table.hold(write, ...rest);
    },
    settle: (write, ...rest) => {
      count(writes, write.account.shard?.number);
      return table.settle(write, ...rest);
    },
    read: (account, ...rest) => {
      count(reads, account.shard?.number);
      return table.read(account, ...rest);
    },
    mark: (...mark) => table.mark(...mark),
    reclaim: (...reclaim) => table.reclaim(...reclaim),
  };
  const ledger = createLedger(counted, 'UTC');
  const limits = { requests: { month: 1e9 }, usd: { day: 1e6 } };
  const scope: Scope = { kind: 'team', id: crypto.randomUUID(), limits, shards };
  const began = performance.now();
  let left = calls;
  const call = async () => {
    while (left-- > 0) {
      const request = { scopes: [scope], worstCase: cost, duration: 'short' as const, at };
      const held = await ledger.hold(request, { hold: signal, settle: signal });
      await held.settle(cost, signal);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, call));
  const seconds = (performance.now() - began) / 1000;
  const most = (counts: Map<number, number>) => Math.max(0, ...counts.values()) / calls;
  return { callsPerSecond: calls / seconds, writes: most(writes), reads: most(reads) };
}
