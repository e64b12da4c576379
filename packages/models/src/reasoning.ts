import * as z from 'zod/mini';

/** How hard a request can ask a model to think before it answers, from not at all. No family knows all of them. */
export const efforts = ['off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

/** What a model may refuse in a request in which it thinks: a forced tool, and settings of sampling. */
const reasoningExclusions = ['forcedTools', 'temperature', 'topP'] as const;
export type ReasoningExclusion = (typeof reasoningExclusions)[number];

const forms = ['claude-adaptive', 'claude-budget', 'nova', 'gpt', 'gpt-oss'] as const;

/**
 * How a request asks a model to think before it answers, in the fields of its family.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
export interface Reasoning {
  /** The family whose fields it takes. */
  readonly form: (typeof forms)[number];
  /** The efforts that it supports; without `off` it always thinks. */
  readonly efforts: readonly Effort[];
  /** Its effort if the request does not say. */
  readonly default: Effort;
  /** Whether its thoughts, signed, can be sent back to it in the history. */
  readonly history: boolean;
  /** What it refuses in a request in which it thinks. */
  readonly excludes: readonly ReasoningExclusion[];
}

export const Reasoning = z.strictObject({
  form: z.enum(forms),
  efforts: z.array(z.enum(efforts)),
  default: z.enum(efforts),
  history: z.boolean(),
  excludes: z.array(z.enum(reasoningExclusions)),
} satisfies Record<keyof Reasoning, z.ZodMiniType>) satisfies z.ZodMiniType<Reasoning>;

type Fields = Readonly<Record<string, string | Readonly<Record<string, string | number>>>>;

/** The fewest output tokens that Claude can think with, for models that take a number. */
export const leastReasoningTokens = 1024;

/** Output tokens to think with, for models that take a number. */
const budgets: Readonly<Partial<Record<Effort, number>>> = {
  low: leastReasoningTokens,
  medium: 4096,
  high: 16_384,
};

/**
 * The fields that ask a model for an effort: next to the others in a body of its own family, or in
 * `additionalModelRequestFields` of Converse.
 *
 * @param maxTokens The most output tokens of the answer, thoughts included.
 * @returns `undefined` if the model cannot: it does not know the effort, or has no room to think in `maxTokens`.
 *
 * @example
 * reasoningFields(catalogue['claude-opus-5.5'].reasoning, 'low', 4096);
 * // { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }
 */
export function reasoningFields(reasoning: Reasoning, effort: Effort, maxTokens: number): Fields | undefined {
  if (!reasoning.efforts.includes(effort)) return undefined;
  switch (reasoning.form) {
    case 'claude-adaptive':
      return effort === 'off'
        ? { thinking: { type: 'disabled' } }
        : { thinking: { type: 'adaptive' }, output_config: { effort } };
    case 'claude-budget': {
      if (effort === 'off') return { thinking: { type: 'disabled' } };
      if (maxTokens <= leastReasoningTokens) return undefined;
      // The other half is for the answer.
      const half = Math.max(leastReasoningTokens, Math.floor(maxTokens / 2));
      return { thinking: { type: 'enabled', budget_tokens: Math.min(budgets[effort] ?? half, half) } };
    }
    case 'nova':
      return effort === 'off'
        ? { reasoningConfig: { type: 'disabled' } }
        : { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } };
    case 'gpt':
      return { reasoning: { effort: effort === 'off' ? 'none' : effort } };
    case 'gpt-oss':
      return { reasoning_effort: effort };
  }
}
