import { type LimitKind, limitKinds } from '@org/contract';

/** How much of each limit: requests, tokens, and USD in whole micro-USD. */
export type Amounts = Readonly<Record<LimitKind, number>>;

export const nothing: Amounts = amountsOf(() => 0);

/** One whole unit of a limit, in its counted unit. */
export const unitOf: Amounts = { requests: 1, tokens: 1, usd: 1_000_000 };

export function amountsOf(value: (kind: LimitKind) => number): Amounts {
  return { requests: value('requests'), tokens: value('tokens'), usd: value('usd') };
}

/** Whether `amounts` is above `most` in any kind. */
export function exceeds(amounts: Amounts, most: Amounts): boolean {
  return limitKinds.some((kind) => amounts[kind] > most[kind]);
}
