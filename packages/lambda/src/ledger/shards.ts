import { numberOf, shardsAttribute } from '@org/table';
import type { Account } from './account.ts';
import type { Counters } from './counters.ts';
import { mostAt } from './pace.ts';
import type { Bound } from './scope.ts';

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

/** Over how many shards an account is spread; 0: it is not. */
export function shardsIn({ item }: Counters): number {
  return numberOf(item, shardsAttribute);
}

/**
 * The shards of an account. They divide what its first item, which was closed when it was spread, has left of each limit.
 *
 * @param taken What that item takes of a limit.
 */
export function shardsOf(
  whole: Account,
  first: Counters,
  taken: (bound: Bound) => number = ({ limit, period }) => first.committed[period][limit],
): Account[] {
  const { counted, dead } = first.inFlight;
  const inFlight = counted - dead.reduce((sum, { calls }) => sum + calls, 0);
  const shards = shardsIn(first);
  return Array.from({ length: shards }, (_, number) => {
    const partFor = (max: number, used: number) => partOf(Math.max(0, max - used), number, shards);
    return {
      ...whole,
      bounds: whole.bounds.map(({ burst, ...bound }) => ({
        ...bound,
        max: partFor(bound.max, taken(bound)),
        ...(burst !== undefined && {
          allowed: partFor(mostAt({ ...bound, burst }, whole.moment), taken(bound)),
        }),
      })),
      atOnce: whole.atOnce === undefined ? undefined : partFor(whole.atOnce, inFlight),
      shard: { number, whole },
    };
  });
}
