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
 * The same where an answer may well be long: one with thoughts, which count too, or to a caller whose API has no such
 * limit, so that it seldom names one and takes an answer that is cut off for a failure.
 */
export const longAnswerTokens = 8192;

/**
 * The most output tokens of an answer: what the caller asks for, or what is usual, within what plan and model allow.
 *
 * @param usual Where the caller asks for none. Default: 1,024.
 * @throws {ProxyError} `invalid_request` where the caller asks for more, and the plan does not lower it.
 */
export function maxTokensOf(
  asked: number | undefined,
  { definition }: Pick<ChosenModel, 'definition'>,
  caller: Pick<Caller, 'maxTokens' | 'clampMaxTokens'>,
  usual: number | undefined = defaultMaxTokens,
): number {
  const most = Math.min(definition.maxOutputTokens, caller.maxTokens ?? Number.POSITIVE_INFINITY);
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
