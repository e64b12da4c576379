import type { Reasoning as Facts } from '@org/models';
import * as z from 'zod/mini';
import type { BedrockException } from '../exception.ts';
import type { Prompt, Reasoning, ToolChoice } from '../model/prompt.ts';
import { read } from '../request-body.ts';
import { claudeIssue } from './claude-issue.ts';

const display = z.optional(z.enum(['summarized', 'omitted']));

const Thinking = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int(), display }),
  z.strictObject({ type: z.literal('adaptive'), display }),
  z.strictObject({ type: z.literal('disabled') }),
]);
type Thinking = z.infer<typeof Thinking>;

/** The parts of a request that decide how Claude thinks. */
interface Asked {
  /** The field `thinking`; `undefined` if there is none. */
  readonly thinking: unknown;
  readonly effort: string | undefined;
  /** Claude features that the caller asks for by name. */
  readonly betas: readonly string[];
  readonly toolChoice: ToolChoice;
}

/**
 * How a request asks Claude to think, or not to.
 *
 * @param facts The model's ways to think; left out if it does not think.
 * @param refusal Makes an exception with Claude's words.
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
 */
export function readThinking(
  { thinking, effort, betas, toolChoice }: Asked,
  facts: Facts | undefined,
  refusal: (problem: string) => BedrockException,
): Prompt['reasoning'] {
  const byBudget = facts?.form !== 'claude-adaptive';
  if (effort !== undefined && byBudget) throw refusal('This model does not support the effort parameter.');
  if (thinking === undefined) return unasked(facts, toolChoice);
  const asked = read(Thinking, thinking, ([issue]) =>
    refusal(issue ? claudeIssue(issue, claudePath(issue.path)) : ''),
  );
  const problem = formProblem(asked, facts);
  if (problem !== undefined) throw refusal(problem);
  if (asked.type === 'disabled') return 'off';
  return signed(betas, asked.type === 'enabled' ? asked.budget_tokens : undefined);
}

/** A model that thinks by default does not think if the request forces a tool call. */
function unasked(facts: Facts | undefined, toolChoice: ToolChoice): Prompt['reasoning'] {
  if (!facts || facts.default === 'off') return 'off';
  return toolChoice === 'auto' || toolChoice === 'none' ? signed([], undefined) : undefined;
}

function signed(betas: readonly string[], budget: number | undefined): Reasoning {
  const interleaved = betas.some((beta) => beta.toLowerCase().startsWith('interleaved-thinking'));
  return { kind: 'signed', interleaved, budget };
}

/** Models that think by default take no budget; of the others, some take both. */
function formProblem({ type }: Thinking, facts: Facts | undefined): string | undefined {
  const unsupported =
    `"thinking.type.${type}" is not supported for this model. ` +
    'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.';
  switch (type) {
    case 'adaptive':
      return facts?.form === 'claude-adaptive'
        ? undefined
        : 'adaptive thinking is not supported on this model';
    case 'enabled':
      return facts && (facts.form === 'claude-budget' || facts.default === 'off') ? undefined : unsupported;
    case 'disabled':
      return !facts || facts.efforts.includes('off') ? undefined : unsupported;
  }
}

/** Claude's path names the kind of thinking, and only `enabled` has a field that can be wrong. */
function claudePath(path: readonly PropertyKey[]): PropertyKey[] {
  return path.length === 0 || path[0] === 'type' ? ['thinking', ...path] : ['thinking', 'enabled', ...path];
}
