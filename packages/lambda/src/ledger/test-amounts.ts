import { type Amounts, nothing } from './amounts.ts';

/** Amounts of some kinds, and nothing of the others. */
export function amounts(some: Partial<Amounts>): Amounts {
  return { ...nothing, ...some };
}
