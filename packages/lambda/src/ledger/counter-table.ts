import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  committedAttribute,
  countersKey,
  type Duration,
  Expression,
  heldAttribute,
  type Item,
  inFlightAttribute,
  inFlightSlotAttribute,
  keyAttributes,
  readItem,
  shardsAttribute,
  type TableLocation,
} from '@org/table';
import { type Account, countedIn, hasSlots } from './account.ts';
import { type Amounts, amountsOf, nothing } from './amounts.ts';
import { type Counters, InconsistentCounters, type InFlight, readCounters } from './counters.ts';
import { inFlightSlotOf, slotOf } from './moment.ts';
import { mostAt } from './pace.ts';

/** How long an item is kept after its month began. */
const keptForMs = 400 * 24 * 60 * 60 * 1000;

function expiryOf(month: string): number {
  return Math.floor((Date.parse(`${month}-01T00:00:00Z`) + keptForMs) / 1000);
}

export interface HoldWrite {
  readonly account: Account;
  readonly duration: Duration;
  readonly hold: Amounts;
}

export interface SettleWrite extends HoldWrite {
  /** The final charge: part of the hold, all of it or more. */
  readonly charge: Amounts;
  /** Attributes that no reader counted any more when the hold was made. */
  readonly over: readonly string[];
}

/** The counters of all accounts. Each operation is atomic over every limit and period of an account. */
export interface CounterStore {
  /**
   * Adds a hold, if no bound of the account is passed by it.
   *
   * @returns Whether it was added, and the counters: with the hold, or those that refused it.
   */
  hold(
    write: HoldWrite,
    signal: AbortSignal,
  ): Promise<{ readonly admitted: boolean; readonly counters: Counters }>;
  /** Takes a hold away and leaves its charge. */
  settle(write: SettleWrite, signal: AbortSignal): Promise<Counters>;
  /** Takes calls away that died in flight, unless that was done before. */
  reclaim(account: Account, dead: InFlight['dead'], signal: AbortSignal): Promise<void>;
  /**
   * Sets a number of the account's item that is missing or less.
   *
   * @param most The number is set only if there is none above this.
   * @returns Whether it was set, and the counters after it.
   */
  mark(
    account: Account,
    mark: { readonly attribute: string; readonly number: number; readonly most: number },
    signal: AbortSignal,
  ): Promise<{ readonly set: boolean; readonly counters: Counters }>;
  /** @param current Whether the newest writes must be in it; without it, a read costs half. Default: true. */
  read(account: Account, signal: AbortSignal, current?: boolean): Promise<Counters>;
}

/** How many of them one write clears away: DynamoDB takes 4 KB of expression. */
const mostCleared = 90;

/**
 * The counters in DynamoDB: one item per scope and month, with its shorter windows as attributes, so that one write is
 * atomic over every limit and period. No retries: a write that may have happened must not happen twice.
 */
export class CounterTable implements CounterStore {
  readonly #location: TableLocation;

  constructor(location: TableLocation) {
    this.#location = location;
  }

  async hold(write: HoldWrite, signal: AbortSignal): ReturnType<CounterStore['hold']> {
    const { account, hold } = write;
    const { moment, month, bounds } = account;
    // Conditions have no arithmetic, so the most that may be there is computed here. It must not be below 0: such a
    // condition would admit the very first hold, on an item without the attribute.
    const { atOnce = 1 } = account;
    if (bounds.some((bound) => hold[bound.limit] > mostAt(bound, moment)) || atOnce < 1) {
      return { admitted: false, counters: await this.read(account, signal) };
    }
    const update = adding(changesOfHold(write)).set('expires', expiryOf(month));
    // Once an account is spread over shards, its first item admits nothing more.
    if (!account.shard) update.requireAtMost(shardsAttribute, 0);
    if (account.atOnce !== undefined) update.requireAtMost(inFlightAttribute, account.atOnce - 1);
    for (const bound of bounds) {
      const { limit, period } = bound;
      const most = mostAt(bound, moment) - hold[limit];
      update.requireAtMost(committedAttribute(limit, moment.windows[period]), most);
    }
    const takeBack = () => this.settle({ ...write, charge: nothing, over: [] }, signal);
    try {
      const counters = readCounters(await this.#write(account, update, signal), account);
      if (counters.outdated.length === 0) return { admitted: true, counters };
      return { admitted: false, counters: await takeBack() };
    } catch (error) {
      if (error instanceof InconsistentCounters) await takeBack();
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Not every implementation of DynamoDB returns the item that failed the condition.
      const counters = error.Item ? readCounters(error.Item, account) : await this.read(account, signal);
      return { admitted: false, counters };
    }
  }

  async settle(write: SettleWrite, signal: AbortSignal): Promise<Counters> {
    const update = adding(changesOfSettlement(write));
    for (const attribute of write.over.slice(0, mostCleared)) update.set(attribute, undefined);
    return readCounters(await this.#write(write.account, update, signal), write.account);
  }

  async reclaim(account: Account, dead: InFlight['dead'], signal: AbortSignal): Promise<void> {
    const taken = dead.slice(0, mostCleared);
    const update = adding(changesOfReclaim(taken));
    for (const { attribute, calls } of taken)
      update.set(attribute, undefined).requireNumber(attribute, calls);
    await this.#write(account, update, signal).catch((error: unknown) => {
      // Another call has taken them away.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    });
  }

  async mark(
    account: Account,
    { attribute, number, most }: Parameters<CounterStore['mark']>[1],
    signal: AbortSignal,
  ): ReturnType<CounterStore['mark']> {
    const update = new Expression()
      .set(attribute, number)
      .set('expires', expiryOf(account.month))
      .requireAtMost(attribute, most);
    try {
      return { set: true, counters: readCounters(await this.#write(account, update, signal), account) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { set: false, counters: await this.read(account, signal) };
    }
  }

  async read(account: Account, signal: AbortSignal, current = true): Promise<Counters> {
    const { scope, month, shard } = account;
    const key = countersKey(scope, month, shard?.number);
    return readCounters((await readItem(this.#location, key, signal, current)) ?? {}, account);
  }

  async #write({ scope, month, shard }: Account, update: Expression, signal: AbortSignal): Promise<Item> {
    const { client, table } = this.#location;
    const { Attributes: item = {} } = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyAttributes(countersKey(scope, month, shard?.number)),
        ...update.input(),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      { abortSignal: signal },
    );
    return item;
  }
}

/** The amounts that a hold adds, by attribute. */
export function changesOfHold(write: HoldWrite): Changes {
  return [...changesOf(write, write.hold, write.hold), ...changesInFlight(write, 1)];
}

/** The amounts that a settlement adds, by attribute. */
export function changesOfSettlement(write: SettleWrite): Changes {
  const { hold, charge } = write;
  const changes = changesOf(
    write,
    amountsOf((kind) => charge[kind] - hold[kind]),
    amountsOf((kind) => -hold[kind]),
  );
  return [...changes, ...changesInFlight(write, -1)];
}

/** The amount that taking dead calls away adds, by attribute; their slots are removed. */
export function changesOfReclaim(dead: InFlight['dead']): Changes {
  return [[inFlightAttribute, -dead.reduce((sum, { calls }) => sum + calls, 0)]];
}

function changesInFlight({ account, duration }: HoldWrite, calls: 1 | -1): Changes {
  const { moment, month, atOnce } = account;
  if (atOnce === undefined) return [];
  return [
    [inFlightAttribute, calls],
    [inFlightSlotAttribute(inFlightSlotOf(moment, month, duration)), calls],
  ];
}

type Changes = readonly (readonly [attribute: string, amount: number])[];

function changesOf({ account, duration }: HoldWrite, committed: Amounts, held: Amounts): Changes {
  const { moment } = account;
  return countedIn(account).flatMap(({ limit, period }) => [
    [committedAttribute(limit, moment.windows[period]), committed[limit]] as const,
    ...(hasSlots(period)
      ? [[heldAttribute(limit, slotOf(moment, period, duration)), held[limit]] as const]
      : []),
  ]);
}

function adding(changes: Changes): Expression {
  const update = new Expression();
  for (const [attribute, amount] of changes) update.add(attribute, amount);
  return update;
}
