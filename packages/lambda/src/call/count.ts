import type { Caller, ChosenModel, Config } from '../config.ts';
import { ProxyError } from '../proxy-error.ts';
import { type Asked, callFor } from './call.ts';
import { chooseModel, refuseUnsupported } from './choose.ts';
import type { Deadline } from './deadline.ts';
import { likelyInputTokens, uncountedTokens } from './meter.ts';
import { prepare } from './prepare.ts';
import { isCountable } from './take-room.ts';
import type { Upstream } from './upstream.ts';

/** The dependencies of a count. */
export interface CountContext {
  readonly caller: Caller;
  readonly config: Config;
  readonly upstream: Pick<Upstream, 'count'>;
  readonly deadline: Deadline;
}

/** The input tokens of a call. */
export interface TokenCount {
  readonly model: ChosenModel;
  readonly inputTokens: number;
  /** Whether it is the number that Bedrock would bill. */
  readonly exact: boolean;
}

/**
 * Counts the input tokens of a call that is not made: exactly if Bedrock counts for the model, else by a guess. The
 * count is neither charged nor held.
 *
 * @throws {ProxyError} `unknown_model`, `model_not_allowed`, or an error for a feature that the model lacks.
 */
export async function countTokens(
  asked: Pick<Asked, 'alias' | 'call'>,
  { caller, config, upstream, deadline }: CountContext,
): Promise<TokenCount> {
  const model = chooseModel(asked.alias, caller, config);
  const put = callFor(asked, model);
  refuseUnsupported(put, model, { whole: true });
  // The length of the answer is not known yet.
  const { call } = prepare(put, model, { maxTokens: undefined, clampMaxTokens: true });
  const likely = { model, inputTokens: likelyInputTokens(call, model.definition), exact: false };
  if (!isCountable(call, model)) return likely;
  try {
    const counted = await upstream.count(model.definition, call, deadline);
    const uncounted = uncountedTokens(call);
    return { model, inputTokens: counted + uncounted, exact: uncounted === 0 };
  } catch (error) {
    if (!(error instanceof ProxyError) || isRefusal(error)) throw error;
    return likely;
  }
}

/** A fault of the request itself: a call of the model would fail as well. */
function isRefusal(error: ProxyError): boolean {
  return error.hasCode('invalid_request') || error.hasCode('context_too_long');
}
