import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { limitKinds, limitPeriods } from '@org/contract';
import {
  committedAttribute,
  countersKey,
  type Duration,
  Expression,
  heldAttribute,
  type Item,
  keyAttributes,
  readItem,
  type TableLocation,
} from '@org/table';
import type { Bound, Scope } from './admission.ts';
import { type Amounts, amountsOf, nothing } from './amounts.ts';
import { type Counters, InconsistentCounters, readCounters } from './counters.ts';
import { type Moment, slotOf } from './moment.ts';

/** How long an item is kept after its month began. */
const keptForMs = 400 * 24 * 60 * 60 * 1000;

export interface HoldWrite {
  readonly scope: Scope;
  readonly moment: Moment;
  readonly duration: Duration;
  readonly hold: Amounts;
  /** The most that the scope may have committed. */
  readonly bounds: readonly Bound[];
}

export interface SettleWrite {
  readonly scope: Scope;
  /** The moment of the hold: a call belongs to the period in which it began. */
  readonly moment: Moment;
  readonly duration: Duration;
  readonly hold: Amounts;
  /** The final charge: part of the hold, all of it or more. */
  readonly charge: Amounts;
  /** Attributes of slots that were over when the hold was made. */
  readonly over: readonly string[];
}

/** The counters of all scopes. Each operation is atomic over every limit and period of a scope. */
export interface CounterStore {
  /**
   * Adds a hold, if no bound is passed by it.
   *
   * @returns Whether it was added, and the counters: with the hold, or those that refused it.
   */
  hold(
    write: HoldWrite,
    signal: AbortSignal,
  ): Promise<{ readonly admitted: boolean; readonly counters: Counters }>;
  /** Takes a hold away and leaves its charge. */
  settle(write: SettleWrite, signal: AbortSignal): Promise<Counters>;
  read(scope: Scope, moment: Moment, signal: AbortSignal): Promise<Counters>;
}

/** How many of them one write clears away: DynamoDB takes 4 KB of expression. */
const mostCleared = 90;

/**
 * The counters in DynamoDB: one item per scope and month, with its days as attributes, so that one write is atomic over
 * every limit and period. No retries: a write that may have happened must not happen twice.
 */
export class CounterTable implements CounterStore {
  readonly #location: TableLocation;

  constructor(location: TableLocation) {
    this.#location = location;
  }

  async hold(write: HoldWrite, signal: AbortSignal): ReturnType<CounterStore['hold']> {
    const { scope, moment, duration, hold, bounds } = write;
    // Conditions have no arithmetic, so the most that may be there is computed here. It must not be below 0: such a
    // condition would admit the very first hold, on an item without the attribute.
    if (bounds.some(({ limit, max }) => hold[limit] > max)) {
      return { admitted: false, counters: await this.read(scope, moment, signal) };
    }
    const update = adding(changesOfHold(write));
    update.set('expires', Math.floor((Date.parse(`${moment.month}-01T00:00:00Z`) + keptForMs) / 1000));
    for (const { limit, period, max } of bounds) {
      update.requireAtMost(committedAttribute(limit, period, moment.day), max - hold[limit]);
    }
    try {
      const item = await this.#write(scope, moment, update, signal);
      return { admitted: true, counters: readCounters(item, moment) };
    } catch (error) {
      if (error instanceof InconsistentCounters) {
        const settlement = { scope, moment, duration, hold, charge: nothing, over: [] };
        await this.#write(scope, moment, settlementOf(settlement), signal);
      }
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Not every implementation of DynamoDB returns the item that failed the condition.
      const counters = error.Item ? readCounters(error.Item, moment) : await this.read(scope, moment, signal);
      return { admitted: false, counters };
    }
  }

  async settle(write: SettleWrite, signal: AbortSignal): Promise<Counters> {
    const { scope, moment } = write;
    return readCounters(await this.#write(scope, moment, settlementOf(write), signal), moment);
  }

  async read(scope: Scope, moment: Moment, signal: AbortSignal): Promise<Counters> {
    const item = await readItem(this.#location, countersKey(scope, moment.month), signal);
    return readCounters(item ?? {}, moment);
  }

  async #write(scope: Scope, moment: Moment, update: Expression, signal: AbortSignal): Promise<Item> {
    const { client, table } = this.#location;
    const { Attributes: item = {} } = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyAttributes(countersKey(scope, moment.month)),
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
export function changesOfHold({ moment, duration, hold }: Omit<HoldWrite, 'bounds'>): Changes {
  return changesOf({ moment, duration }, hold, hold);
}

/** The amounts that a settlement adds, by attribute. */
export function changesOfSettlement({ moment, duration, hold, charge }: SettleWrite): Changes {
  return changesOf(
    { moment, duration },
    amountsOf((kind) => charge[kind] - hold[kind]),
    amountsOf((kind) => -hold[kind]),
  );
}

type Changes = readonly (readonly [attribute: string, amount: number])[];

function changesOf(
  { moment, duration }: Pick<HoldWrite, 'moment' | 'duration'>,
  committed: Amounts,
  held: Amounts,
): Changes {
  const slot = slotOf(moment, duration);
  return limitKinds.flatMap((kind) => [
    ...limitPeriods.map((period) => [committedAttribute(kind, period, moment.day), committed[kind]] as const),
    [heldAttribute(kind, slot), held[kind]] as const,
  ]);
}

function adding(changes: Changes): Expression {
  const update = new Expression();
  for (const [attribute, amount] of changes) update.add(attribute, amount);
  return update;
}

function settlementOf(write: SettleWrite): Expression {
  const update = adding(changesOfSettlement(write));
  for (const attribute of write.over.slice(0, mostCleared)) update.set(attribute, undefined);
  return update;
}
