import { type Effort, efforts } from '@org/models';

/** How hard a caller of Anthropic's API asks a model to think. */
export const askedEfforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const satisfies readonly Effort[];
export type AskedEffort = (typeof askedEfforts)[number];

/** The default of Anthropic's API. */
export const usualEffort: AskedEffort = 'high';

/**
 * The model's effort nearest to the caller's: not more, unless the model has no lower effort.
 *
 * @returns `undefined` if the model has no effort to choose.
 */
export function nearestEffort(asked: Effort, known: readonly Effort[]): Effort | undefined {
  const thinking = efforts.filter((effort) => effort !== 'off' && known.includes(effort));
  return thinking.findLast((effort) => efforts.indexOf(effort) <= efforts.indexOf(asked)) ?? thinking[0];
}
