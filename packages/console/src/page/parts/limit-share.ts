import type { LimitPace } from '@org/contract';

/** From which share on a limit is near. */
export const nearShare = 0.8;

/** The used share of a limit. A limit of 0 is used up from the start. */
export function shareOf({ used, max }: { readonly used: number; readonly max: number }): number {
  return max === 0 ? 1 : used / max;
}

/** The fullest of some limits. */
export function fullestOf(limits: readonly LimitPace[]): LimitPace | undefined {
  return limits.toSorted((one, other) => shareOf(other) - shareOf(one))[0];
}
