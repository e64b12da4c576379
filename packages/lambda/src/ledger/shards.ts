import { numberOf, shardsAttribute } from '@org/table';
import type { Account, Counted } from './account.ts';
import type { Counters } from './counters.ts';
import { mostAt } from './pace.ts';

/**
 * One of the whole parts that add up to an amount. No part shrinks when the amount grows, so that a change of a limit passes
 * neither the old one nor the new one. The first part is the largest.
 *
 * @param shard From 0.
 * @example
 * [0, 1, 2, 3].map((shard) => partOf(10, shard, 4)); // [3, 3, 2, 2]
 */
export function partOf(amount: number, shard: number, shards: number): number {
  return Math.floor((amount + shards - 1 - shard) / shards);
}

/**
 * The least amount of which a shard's part is this large.
 *
 * @example
 * amountOfPart(3, 1, 4); // 10: partOf(10, 1, 4) is 3, and partOf(9, 1, 4) is 2
 */
export function amountOfPart(part: number, shard: number, shards: number): number {
  return part * shards - shards + 1 + shard;
}

/**
 * What shards with their uses take up, if each of the others has its part of an amount. More than the amount if one has used more
 * than its part.
 */
export function filledTo(amount: number, used: readonly number[]): number {
  return used.reduce((sum, each, shard) => sum + Math.max(each, partOf(amount, shard, used.length)), 0);
}

/**
 * The amount to divide, so that all shards together do not pass what there is: what one has used above its part is taken
 * off the parts of the others. It has, after a limit was lowered.
 *
 * @returns Below 0 if more is used than there is, so that nothing fits, however small.
 * @example
 * dividedOf(12, [0, 0, 9, 0]); // 3: the others have a part of 1 each
 */
export function dividedOf(amount: number, used: readonly number[]): number {
  if (filledTo(amount, used) <= amount) return amount;
  let [fits, passes] = [-1, amount];
  while (passes - fits > 1) {
    const middle = Math.floor((fits + passes) / 2);
    if (filledTo(middle, used) <= amount) fits = middle;
    else passes = middle;
  }
  return fits;
}

/** Over how many shards an account is spread; 0: it is not. */
export function shardsIn({ item }: Counters): number {
  return numberOf(item, shardsAttribute);
}

/**
 * The shards of an account. They divide what its first item, which was closed when it was spread, has left of each limit.
 *
 * @param counters Of the shards. Without them, none has used more than its part.
 * @param usedIn What an item takes of a limit. Default: all that is committed.
 */
export function shardsOf(
  whole: Account,
  first: Counters,
  counters: readonly Counters[] = [],
  usedIn = committedIn,
): Account[] {
  const shards = Array.from({ length: shardsIn(first) }, (_, number) => number);
  /** The parts of what is left of an amount; -1 for a shard if nothing fits. */
  const partsOf = (amount: number, used: (item: Counters) => number) => {
    const uses = shards.map((number) => {
      const item = counters[number];
      return item ? used(item) : 0;
    });
    const divided = dividedOf(amount - used(first), uses);
    return shards.map((number) => (divided < 0 ? -1 : partOf(divided, number, shards.length)));
  };
  const bounds = whole.bounds.map(({ burst, ...bound }) => {
    const used = (item: Counters) => usedIn(item, bound);
    const allowed = burst === undefined ? [] : partsOf(mostAt({ ...bound, burst }, whole.moment), used);
    return partsOf(bound.max, used).map((max, number) => ({ ...bound, max, allowed: allowed[number] }));
  });
  const atOnce = whole.atOnce === undefined ? [] : partsOf(whole.atOnce, liveIn);
  return shards.map((number) => ({
    ...whole,
    bounds: bounds.flatMap((parts) => parts[number] ?? []),
    atOnce: atOnce[number],
    shard: { number, whole },
  }));
}

function committedIn({ committed }: Counters, { limit, period }: Counted): number {
  return committed[period][limit];
}

function liveIn({ inFlight: { counted, dead } }: Counters): number {
  return counted - dead.reduce((sum, { calls }) => sum + calls, 0);
}
