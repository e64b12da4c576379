import type { LimitStatus, LimitWarning } from '@org/contract';

/**
 * The limits of which a share is used up, each with the highest share that it reaches.
 *
 * @param shares In percent.
 */
export function warningsOf(limits: readonly LimitStatus[], shares: readonly number[]): LimitWarning[] {
  return limits.flatMap((status) => {
    const reached = shares.filter((share) => status.used >= (status.max * share) / 100);
    return reached.length > 0 ? [{ ...status, threshold: Math.max(...reached) }] : [];
  });
}
