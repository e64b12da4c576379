import { type Effort, efforts } from '@org/models';

/** How hard a caller of Anthropic's API asks a model to think. */
export const askedEfforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const satisfies readonly Effort[];
export type AskedEffort = (typeof askedEfforts)[number];

/** What Anthropic's API does where a caller does not say. */
export const usualEffort: AskedEffort = 'high';

/**
 * Of what a model can be asked for, what is next to what a caller asks for: not more, unless it cannot be asked for less.
 *
 * @returns `undefined` where it cannot be asked.
 */
export function nearestEffort(asked: Effort, known: readonly Effort[]): Effort | undefined {
  const thinking = efforts.filter((effort) => effort !== 'off' && known.includes(effort));
  return thinking.findLast((effort) => efforts.indexOf(effort) <= efforts.indexOf(asked)) ?? thinking[0];
}
