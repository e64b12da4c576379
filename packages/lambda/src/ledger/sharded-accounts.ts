import { Believed, countersKey, type Item, numberOf, reportedAttribute, shardsAttribute } from '@org/table';
import type { Account } from './account.ts';
import { type AccountState, type LimitUse, limitBelow } from './admission.ts';
import { unitOf } from './amounts.ts';
import type { CounterStore, HoldWrite } from './counter-table.ts';
import { type Counters, readCounters, sumOf } from './counters.ts';
import { chargedUses, committedUses, shardsIn, shardsOf, type Uses, undividedShards } from './shards.ts';

/** Adds a hold to the item of one account. */
type Take = (
  account: Account,
  hold: Omit<HoldWrite, 'account'>,
  signal: AbortSignal,
) => ReturnType<CounterStore['hold']>;

/** The items of an account that is spread. */
interface Spread {
  readonly first: Item;
  readonly shards: readonly Item[];
  /** The limits that were divided. Others need a new reading, because more may be used than their parts. */
  readonly limits: string;
}

/**
 * Accounts whose counters may be spread over shards. Once an account is spread, it stays so for its month, over the same number
 * of shards, whatever a function's config says. What its first item had committed is taken off the limits that they divide, and
 * so is what a shard has used above its part.
 */
export class ShardedAccounts {
  readonly #table: CounterStore;
  readonly #take: Take;
  readonly #random: () => number;
  /** When the latest call began. */
  #now = 0;
  /**
   * Items of accounts that are spread. What the first has committed, and others above their parts, falls when their calls in flight
   * end. It grows if a limit is lowered, and if a call costs more than it held.
   */
  readonly #spreads = new Believed<Spread>(() => this.#now);

  /** @param random Chooses the shard that a call tries first: at least 0 and below 1. */
  constructor(table: CounterStore, take: Take, random: () => number) {
    this.#table = table;
    this.#take = take;
    this.#random = random;
  }

  /**
   * Adds a hold to the account, or to one of its shards: to the first that has room, from any of them on.
   *
   * @returns The item that has the hold; if it was refused, the whole account.
   */
  async hold(
    account: Account,
    hold: Parameters<Take>[1],
    signal: AbortSignal,
  ): Promise<{ readonly admitted: boolean; readonly state: AccountState }> {
    this.#now = account.moment.at;
    let spread = await this.#spreadOf(account, signal, () => this.#close(account, signal));
    if (!spread) {
      const { admitted, counters } = await this.#take(account, hold, signal);
      // Another function may have spread it.
      if (shardsIn(counters) > 0) spread = await this.#spreadOf(account, signal, async () => counters);
      if (!spread) return { admitted, state: { account, counters } };
    }
    const first = readCounters(spread.first, account);
    const whole = { account, counters: first };
    const neverFits = limitBelow(hold.hold, [account.scope], shardsIn(first)) !== undefined;
    // Of a window that calls of the first item have left behind, nothing is known any more.
    if (neverFits || first.outdated.length > 0) return { admitted: false, state: whole };

    const used = spread.shards.map((item) => committedUses(item, account));
    const shards = shardsOf(account, [committedUses(spread.first, account), ...used]);
    const start = Math.floor(this.#random() * shards.length);
    const refused: Counters[] = [];
    for (const shard of [...shards.slice(start), ...shards.slice(0, start)]) {
      const { admitted, counters } = await this.#take(shard, hold, signal);
      if (admitted) return { admitted, state: { account: shard, counters } };
      refused.push(counters);
    }
    const ordered = [...refused.slice(shards.length - start), ...refused.slice(0, shards.length - start)];
    // What is used by now may divide the limits in another way. Without it, the call is refused all the same.
    const present = await this.#table.read(account, signal).catch(() => first);
    const shardItems = ordered.map(({ item }) => item);
    this.#spreads.believe(
      nameOf(account),
      { ...spread, first: present.item, shards: shardItems },
      account.moment.at,
    );
    return { admitted: false, state: stateOf(account, present, ordered) };
  }

  /**
   * Reads an account with all its shards.
   *
   * @param usesOf As in {@link stateOf}.
   */
  async read(account: Account, signal: AbortSignal, usesOf?: UsesOf): Promise<AccountState> {
    const counters = await this.#table.read(account, signal);
    const shards = undividedShards(account, shardsIn(counters)).map((shard) =>
      this.#table.read(shard, signal),
    );
    return shards.length === 0
      ? { account, counters }
      : stateOf(account, counters, await Promise.all(shards), usesOf);
  }

  /**
   * The account that an item is of, with all its shards. The newest writes to the others may be missing.
   *
   * @returns Undefined if they cannot be read.
   */
  async whole({ account, counters }: AccountState, signal: AbortSignal): Promise<AccountState | undefined> {
    const { whole, number } = account.shard ?? { whole: account, number: undefined };
    if (number === undefined && shardsIn(counters) === 0) return { account, counters };
    try {
      const found = number === undefined ? counters : await this.#table.read(whole, signal, false);
      // What was found may be from before the account was spread.
      const known = await this.#spreads.get(nameOf(whole), async () => undefined);
      const read = () => (known ? readCounters(known.first, whole) : this.#table.read(whole, signal));
      const first = shardsIn(found) > 0 ? found : await read();
      const shards = await Promise.all(
        undividedShards(whole, shardsIn(first)).map((each, index) =>
          index === number ? counters : this.#table.read(each, signal, false),
        ),
      );
      return stateOf(whole, first, shards);
    } catch {
      return undefined;
    }
  }

  /** Of limits that are nearly reached, those that no settlement has reported. Over shards, the first item says so. */
  async report(
    { account, counters, shards }: AccountState,
    uses: readonly LimitUse[],
    signal: AbortSignal,
  ): Promise<LimitUse[]> {
    if (!shards) return [...uses];
    const reported = await Promise.all(
      uses.map(async (use) => {
        const attribute = reportedAttribute(use.limit, account.moment.windows[use.period]);
        // An amount and not a share, so that a limit that was raised is reported again.
        const number = Math.ceil((use.max * unitOf[use.limit] * use.threshold) / 100);
        if (numberOf(counters.item, attribute) >= number) return [];
        const mark = { attribute, number, most: number - 1 };
        const { set } = await this.#table.mark(account, mark, signal).catch(() => ({ set: false }));
        return set ? [use] : [];
      }),
    );
    return reported.flat();
  }

  /**
   * The items of an account that is spread.
   *
   * @param close Finds its first item, which is closed.
   */
  async #spreadOf(
    account: Account,
    signal: AbortSignal,
    close: () => Promise<Counters | undefined>,
  ): Promise<Spread | undefined> {
    const name = nameOf(account);
    const limits = JSON.stringify(account.scope.limits);
    const read = async (first: Counters | undefined): Promise<Spread | undefined> => {
      if (!first) return undefined;
      const shards = undividedShards(account, shardsIn(first)).map((shard) =>
        this.#table.read(shard, signal),
      );
      return { first: first.item, shards: (await Promise.all(shards)).map(({ item }) => item), limits };
    };
    const known = await this.#spreads.get(name, async () => read(await close()));
    if (!known || known.limits === limits) return known;
    const present = await read(await this.#table.read(account, signal));
    if (present) this.#spreads.believe(name, present, account.moment.at);
    return present;
  }

  /** Closes the first item of an account whose plan spreads it, unless that was done before. */
  async #close(account: Account, signal: AbortSignal): Promise<Counters | undefined> {
    const { shards = 1 } = account.scope;
    if (shards === 1) return undefined;
    const counters = await this.#table.read(account, signal);
    if (shardsIn(counters) > 0) return counters;
    const mark = { attribute: shardsAttribute, number: shards, most: 0 };
    return (await this.#table.mark(account, mark, signal)).counters;
  }
}

function nameOf({ scope, month }: Account): string {
  const { pk, sk } = countersKey(scope, month);
  return `${pk} ${sk}`;
}

export type UsesOf = (counters: Counters, account: Account) => Uses;

/**
 * An account as it is over all its shards.
 *
 * @param usesOf What divides its limits. Default: what is charged for good, because only that can make a refusal final.
 */
export function stateOf(
  whole: Account,
  first: Counters,
  shards: readonly Counters[],
  usesOf: UsesOf = chargedUses,
): AccountState {
  const uses = shards.map((counters) => usesOf(counters, whole));
  return {
    account: whole,
    counters: sumOf([first, ...shards], first.item),
    shards: shardsOf(whole, [usesOf(first, whole), ...uses]).flatMap((account, number) => {
      const counters = shards[number];
      return counters ? [{ account, counters }] : [];
    }),
  };
}
