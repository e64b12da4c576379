import type { Account } from '@org/lambda/ledger/account';
import {
  type CounterStore,
  changesOfHold,
  changesOfReclaim,
  changesOfSettlement,
  type HoldWrite,
  type SettleWrite,
} from '@org/lambda/ledger/counter-table';
import { type InFlight, readCounters } from '@org/lambda/ledger/counters';
import { mostAt } from '@org/lambda/ledger/pace';
import {
  committedAttribute,
  countersKey,
  type Item,
  inFlightAttribute,
  numberOf,
  shardsAttribute,
} from '@org/table';

type Attribute = Item[string];

/** Counters in memory, with the same items as the table. They decide about past calls, never about a caller's. */
export class MemoryCounters implements CounterStore {
  readonly #items = new Map<string, Record<string, Attribute>>();

  async hold(write: HoldWrite): ReturnType<CounterStore['hold']> {
    const { account, hold } = write;
    const item = this.#itemOf(account);
    const { bounds, moment, atOnce = Number.POSITIVE_INFINITY } = account;
    const admitted =
      (account.shard !== undefined || numberOf(item, shardsAttribute) === 0) &&
      numberOf(item, inFlightAttribute) < atOnce &&
      bounds.every((bound) => {
        const committed = numberOf(item, committedAttribute(bound.limit, moment.windows[bound.period]));
        return committed + hold[bound.limit] <= mostAt(bound, moment);
      });
    if (admitted) addTo(item, changesOfHold(write));
    return { admitted, counters: readCounters({ ...item }, account) };
  }

  async settle(write: SettleWrite): ReturnType<CounterStore['settle']> {
    const item = this.#itemOf(write.account);
    addTo(item, changesOfSettlement(write));
    for (const attribute of write.over) delete item[attribute];
    return readCounters(item, write.account);
  }

  async reclaim(account: Account, dead: InFlight['dead']): Promise<void> {
    const item = this.#itemOf(account);
    addTo(item, changesOfReclaim(dead));
    for (const { attribute } of dead) delete item[attribute];
  }

  async mark(
    account: Account,
    { attribute, number, most }: Parameters<CounterStore['mark']>[1],
  ): ReturnType<CounterStore['mark']> {
    const item = this.#itemOf(account);
    const set = numberOf(item, attribute) <= most;
    if (set) item[attribute] = { N: String(number) };
    return { set, counters: readCounters({ ...item }, account) };
  }

  async read(account: Account): ReturnType<CounterStore['read']> {
    return readCounters({ ...this.#itemOf(account) }, account);
  }

  #itemOf({ scope, month, shard }: Account): Record<string, Attribute> {
    const { pk, sk } = countersKey(scope, month, shard?.number);
    const key = `${pk} ${sk}`;
    const item = this.#items.get(key) ?? {};
    this.#items.set(key, item);
    return item;
  }
}

function addTo(item: Record<string, Attribute>, changes: ReturnType<typeof changesOfHold>): void {
  for (const [attribute, amount] of changes) {
    item[attribute] = { N: String(numberOf(item, attribute) + amount) };
  }
}
