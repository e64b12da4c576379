import type { Caller, ChosenModel, Config } from '../config.ts';
import { ProxyError } from '../proxy-error.ts';
import { type Asked, callFor } from './call.ts';
import { chooseModel, refuseUnsupported } from './choose.ts';
import type { Deadline } from './deadline.ts';
import { likelyInputTokens, uncountedTokens } from './meter.ts';
import { prepare } from './prepare.ts';
import { isCountable } from './take-room.ts';
import type { Upstream } from './upstream.ts';

/** What a count depends on beside what is counted. */
export interface CountContext {
  readonly caller: Caller;
  readonly config: Config;
  readonly upstream: Pick<Upstream, 'count'>;
  readonly deadline: Deadline;
}

/** How many input tokens a call has. */
export interface TokenCount {
  readonly model: ChosenModel;
  readonly inputTokens: number;
  /** Whether it is the number that Bedrock would bill. */
  readonly exact: boolean;
}

/**
 * Counts the input tokens of a call that is not made: exactly where Bedrock counts for the model, else by a guess. It is
 * neither charged nor held.
 *
 * @throws {ProxyError} `unknown_model`, `model_not_allowed`, or what the model cannot be asked.
 */
export async function countTokens(
  asked: Pick<Asked, 'alias' | 'call'>,
  { caller, config, upstream, deadline }: CountContext,
): Promise<TokenCount> {
  const model = chooseModel(asked.alias, caller, config);
  const put = callFor(asked, model);
  refuseUnsupported(put, model, { whole: true });
  // How long an answer may be is not asked yet.
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

/** Of the request itself: asking the model for an answer would fail as well. */
function isRefusal(error: ProxyError): boolean {
  return error.hasCode('invalid_request') || error.hasCode('context_too_long');
}
