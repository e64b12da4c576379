import type { Effort } from '@org/models';
import type { ChosenModel } from '../../config.ts';
import type { ConversationFields } from './conversation-fields.ts';
import { nearestEffort, usualEffort } from './effort.ts';

/** From how many tokens to think with on a caller means to ask for so much. */
const budgets: readonly (readonly [least: number, effort: Effort])[] = [
  [8192, 'high'],
  [2048, 'medium'],
  [0, 'low'],
];

/** The model's effort: as near to the request as it can, and low if its thinking cannot be turned off. */
export function effortOf(
  { thinking, output_config }: Pick<ConversationFields, 'thinking' | 'output_config'>,
  { definition }: ChosenModel,
): Effort | undefined {
  const reasoning = definition.upstream === 'converse' ? definition.reasoning : undefined;
  const effort = output_config?.effort ?? undefined;
  const nearest = (asked: Effort) => reasoning && nearestEffort(asked, reasoning.efforts);
  switch (thinking?.type) {
    case 'disabled':
      return reasoning?.efforts.includes('off') ? 'off' : nearest('low');
    case 'enabled': {
      const { budget_tokens } = thinking;
      const asked = budgets.find(([least]) => budget_tokens >= least)?.[1] ?? 'low';
      // A model that cannot think is refused by name.
      return reasoning ? nearest(asked) : asked;
    }
    case 'adaptive':
    case 'between_tools':
      return nearest(effort ?? usualEffort);
    case undefined:
      return effort && reasoning?.default !== 'off' ? nearest(effort) : undefined;
  }
}
