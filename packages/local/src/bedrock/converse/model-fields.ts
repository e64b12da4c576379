import type { Reasoning as Facts } from '@org/models';
import * as z from 'zod/mini';
import { invalid, refusedByModel } from '../exception.ts';
import type { Prompt, ToolChoice } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';
import { readThinking } from '../rules/thinking.ts';

/**
 * Fields that only some families of models have. Those that are not read here pass unchanged.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
export const ModelFields = z.looseObject({
  /** Claude's. */
  thinking: z.optional(z.unknown()),
  output_config: z.optional(z.looseObject({ effort: z.optional(z.string()) })),
  top_k: z.optional(z.int().check(z.minimum(0))),
  anthropic_beta: z.optional(z.array(z.string())),
  /** Nova's. */
  reasoningConfig: z.optional(
    z.strictObject({
      type: z.enum(['enabled', 'disabled']),
      maxReasoningEffort: z.optional(z.enum(['low', 'medium', 'high'])),
    }),
  ),
  /** That of GPT, and of gpt-oss. */
  reasoning: z.optional(z.looseObject({ effort: z.optional(z.string()) })),
  reasoning_effort: z.optional(z.string()),
});
type ModelFields = z.infer<typeof ModelFields>;

/** The field by which each family is asked to think. */
const fieldOf = {
  'claude-adaptive': 'thinking',
  'claude-budget': 'thinking',
  nova: 'reasoningConfig',
  gpt: 'reasoning',
  'gpt-oss': 'reasoning_effort',
} as const satisfies Record<Facts['form'], keyof ModelFields>;

/** What else of a request its fields have to suit. */
interface Beside {
  readonly toolChoice: ToolChoice;
  readonly inferenceConfig: {
    readonly maxTokens?: number | undefined;
    readonly temperature?: number | undefined;
    readonly topP?: number | undefined;
  };
}

/**
 * What a model is asked beyond what all are asked: how to think, and `top_k`.
 *
 * @throws {BedrockException} Where it does not think at all, or not so.
 */
export function readModelFields(
  fields: ModelFields,
  { toolChoice, inferenceConfig }: Beside,
  { reasoning, isClaude }: AdmittedModel,
): Pick<Prompt, 'reasoning' | 'topK'> {
  const known = reasoning && fieldOf[reasoning.form];
  for (const name of new Set(Object.values(fieldOf))) {
    if (fields[name] === undefined || name === known) continue;
    throw invalid(
      `Malformed input request: #: extraneous key [${name}] is not permitted, please reformat your input and try again.`,
    );
  }
  const { thinking, output_config, anthropic_beta: betas = [], top_k: topK } = fields;
  if (isClaude) {
    const asked = { thinking, effort: output_config?.effort, betas, toolChoice };
    return { reasoning: readThinking(asked, reasoning, refusedByModel), topK };
  }
  const { maxTokens, temperature, topP } = inferenceConfig;
  const isHard = fields.reasoningConfig?.maxReasoningEffort === 'high';
  if (isHard && (maxTokens ?? temperature ?? topP) !== undefined) {
    throw refusedByModel(
      'temperature, topP and maxTokens cannot be used with maxReasoningEffort set to high.',
    );
  }
  const isOn = reasoning !== undefined && (isAskedToThink(fields) ?? reasoning.default !== 'off');
  return { reasoning: isOn ? { kind: reasoning.form === 'nova' ? 'hidden' : 'open' } : 'off', topK };
}

/** `undefined` where nothing is said of it. */
function isAskedToThink({ reasoningConfig, ...fields }: ModelFields): boolean | undefined {
  if (reasoningConfig) return reasoningConfig.type === 'enabled';
  const effort = fields.reasoning?.effort ?? fields.reasoning_effort;
  return effort === undefined ? undefined : effort !== 'none';
}
