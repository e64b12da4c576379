import type { Scope } from '@org/lambda/ledger/admission';
import {
  type CounterStore,
  changesOfHold,
  changesOfSettlement,
  type HoldWrite,
  type SettleWrite,
} from '@org/lambda/ledger/counter-table';
import { readCounters } from '@org/lambda/ledger/counters';
import type { Moment } from '@org/lambda/ledger/moment';
import { committedAttribute, countersKey, type Item, numberOf } from '@org/table';

type Attribute = Item[string];

/** Counters in memory, with the same items as the table. They decide about past calls, never about a caller's. */
export class MemoryCounters implements CounterStore {
  readonly #items = new Map<string, Record<string, Attribute>>();

  async hold(write: HoldWrite): ReturnType<CounterStore['hold']> {
    const { scope, moment, hold, bounds } = write;
    const item = this.#itemOf(scope, moment);
    const admitted = bounds.every(
      ({ limit, period, max }) =>
        numberOf(item, committedAttribute(limit, period, moment.day)) + hold[limit] <= max,
    );
    if (admitted) addTo(item, changesOfHold(write));
    return { admitted, counters: readCounters(item, moment) };
  }

  async settle(write: SettleWrite): ReturnType<CounterStore['settle']> {
    const item = this.#itemOf(write.scope, write.moment);
    addTo(item, changesOfSettlement(write));
    for (const attribute of write.over) delete item[attribute];
    return readCounters(item, write.moment);
  }

  async read(scope: Scope, moment: Moment): ReturnType<CounterStore['read']> {
    return readCounters(this.#itemOf(scope, moment), moment);
  }

  #itemOf(scope: Scope, { month }: Moment): Record<string, Attribute> {
    const { pk, sk } = countersKey(scope, month);
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
