import { invokeFormats } from '@org/models';
import type { Caller, ChosenModel } from '../config.ts';
import { invalidField } from '../proxy-error.ts';

/**
 * Output tokens when neither the caller nor the plan names a number. Small on purpose: Bedrock reserves them at
 * admission.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
 */
const defaultMaxTokens = 1024;

/**
 * The same for an answer that may be long: one with thoughts, which count too, or for an API whose callers seldom name
 * a limit and treat a cut-off answer as a failure.
 */
export const longAnswerTokens = 8192;

/**
 * The fewest output tokens to which a call is lowered that asks for what fits: an answer of fewer is hardly worth its input.
 */
export const leastFittingTokens = 64;

/**
 * The most output tokens of an answer: the caller's number or the usual one, within the limits of plan and model. A call that
 * asks for what fits begins with the most that these allow.
 *
 * @param usual If the caller names no number. Default: 1,024.
 * @throws {ProxyError} `invalid_request` if the caller asks for more, and the plan does not lower it.
 */
export function maxTokensOf(
  asked: number | 'fit' | undefined,
  { definition }: Pick<ChosenModel, 'definition'>,
  caller: Pick<Caller, 'maxTokens' | 'clampMaxTokens'>,
  usual: number | undefined = defaultMaxTokens,
): number {
  const most = Math.min(definition.maxOutputTokens, caller.maxTokens ?? Number.POSITIVE_INFINITY);
  if (asked === 'fit') return most;
  if (asked === undefined) {
    const unasked =
      definition.upstream === 'invoke' ? invokeFormats[definition.format].defaultMaxTokens : usual;
    return Math.min(unasked, most);
  }
  if (asked > most && !caller.clampMaxTokens) {
    const allower = most === caller.maxTokens ? 'the plan' : 'the model';
    throw invalidField('maxTokens', `must be at most ${most}, the most that ${allower} allows`);
  }
  return Math.min(asked, most);
}
