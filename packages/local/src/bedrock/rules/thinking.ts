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

/** What a request says of how Claude is to think. */
interface Asked {
  /** The field of that name; `undefined` where there is none. */
  readonly thinking: unknown;
  readonly effort: string | undefined;
  /** Features of Claude that the caller asks for by name. */
  readonly betas: readonly string[];
  readonly toolChoice: ToolChoice;
}

/**
 * How Claude is asked to think, or not to.
 *
 * @param facts How it can think; not at all where there are none.
 * @param refusal Makes an exception of Claude's words.
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
    refusal(issue ? claudeIssue(issue, pathOf(issue.path)) : ''),
  );
  const problem = formProblem(asked, facts);
  if (problem !== undefined) throw refusal(problem);
  if (asked.type === 'disabled') return 'off';
  return signed(betas, asked.type === 'enabled' ? asked.budget_tokens : undefined);
}

/** One that thinks unasked does not where it is made to call a tool. */
function unasked(facts: Facts | undefined, toolChoice: ToolChoice): Prompt['reasoning'] {
  if (!facts || facts.default === 'off') return 'off';
  return toolChoice === 'auto' || toolChoice === 'none' ? signed([], undefined) : undefined;
}

function signed(betas: readonly string[], budget: number | undefined): Reasoning {
  const interleaved = betas.some((beta) => beta.toLowerCase().startsWith('interleaved-thinking'));
  return { kind: 'signed', interleaved, budget };
}

/** Those that think unasked take no budget; of the others, some take both. */
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

/** Claude names the kind of thinking in the path, and only that of `enabled` has a field to be wrong. */
function pathOf(path: readonly PropertyKey[]): PropertyKey[] {
  return path.length === 0 || path[0] === 'type' ? ['thinking', ...path] : ['thinking', 'enabled', ...path];
}
