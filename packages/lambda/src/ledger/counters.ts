import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { LimitKind, LimitPeriod } from '@org/contract';
import { type Amounts, amountsOf } from './amounts.ts';
import { isLive, isOver, type Moment, type Slot, type Transfer } from './moment.ts';

/**
 * What a scope has used, as one item holds it. `committed` is what was charged and what is held by calls in flight;
 * it alone decides admission.
 */
export interface Counters {
  readonly committed: Readonly<Record<LimitPeriod, Amounts>>;
  /** The part of `committed` that calls in flight hold. */
  readonly held: Amounts;
  /** Attributes of slots that are over. What is left in them was held by calls that died, and is charged. */
  readonly over: readonly string[];
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** Attribute names are short, for they are paid for with every write: `mt` is the month's tokens, `d22u` a day's USD. */
const initial: Readonly<Record<LimitKind, string>> = { requests: 'r', tokens: 't', usd: 'u' };

export function committedAttribute(kind: LimitKind, period: LimitPeriod, moment: Moment): string {
  return period === 'month' ? `m${initial[kind]}` : `d${moment.day}${initial[kind]}`;
}

const seriesOf: Readonly<Record<Transfer, string>> = { buffered: 'h', stream: 's' };

/** `h720t` is what is held of tokens by answers that began in slot 720 of the month. */
export function heldAttribute(kind: LimitKind, { transfer, number }: Slot): string {
  return `${seriesOf[transfer]}${number}${initial[kind]}`;
}

interface HeldAttribute {
  readonly attribute: string;
  readonly kind: string | undefined;
  readonly slot: Slot;
}

function heldAttributes(item: Item): HeldAttribute[] {
  return Object.keys(item).flatMap((attribute) => {
    const [, series, number, kind] = /^([hs])(\d+)([a-z])$/.exec(attribute) ?? [];
    const transfer = series === seriesOf.stream ? 'stream' : 'buffered';
    return series ? [{ attribute, kind, slot: { transfer, number: Number(number) } }] : [];
  });
}

/** Reads an item of a month; what is missing is 0. */
export function readCounters(item: Item, moment: Moment): Counters {
  const number = (name: string) => Number(item[name]?.N ?? 0);
  const committed = (period: LimitPeriod) =>
    amountsOf((kind) => number(committedAttribute(kind, period, moment)));
  const holds = heldAttributes(item);
  const live = holds.filter(({ slot }) => isLive(slot, moment));
  return {
    committed: { day: committed('day'), month: committed('month') },
    held: amountsOf((kind) =>
      live
        .filter((hold) => hold.kind === initial[kind])
        .reduce((sum, { attribute }) => sum + Math.max(0, number(attribute)), 0),
    ),
    over: holds.filter(({ slot }) => isOver(slot, moment)).map(({ attribute }) => attribute),
  };
}
