import type { ChosenModel } from '../config.ts';
import { type Amounts, unitOf } from '../ledger/amounts.ts';
import type { Hold, Ledger } from '../ledger/ledger.ts';
import type { Scope } from '../ledger/scope.ts';
import { ProxyError } from '../proxy-error.ts';
import type { ModelCall } from './call.ts';
import type { Deadline } from './deadline.ts';
import { uncountedTokens, worstCaseOf } from './meter.ts';
import type { CountableCall, Upstream } from './upstream.ts';

/** What a call's room depends on. */
export interface RoomContext {
  /** What the call counts in. */
  readonly scopes: readonly Scope[];
  readonly ledger: Pick<Ledger, 'hold'>;
  readonly upstream: Pick<Upstream, 'count'>;
  readonly deadline: Deadline;
  /** When the request came in: milliseconds since 1970. */
  readonly at: number;
}

/**
 * Takes room for a call under its caller's limits: the worst case of its bytes, which costs nothing to know. If that
 * does not fit, but the call might, Bedrock counts the call's tokens, and the worst case of that count is tried, once.
 * The count is what Bedrock will bill, so it needs no margin.
 *
 * @param whole Whether the answer is asked for whole, and so cannot last long.
 * @throws {ProxyError} The ledger's refusal. If the count fails, the first refusal stands, and its `failure` says why.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
 */
export async function takeRoom(
  call: ModelCall,
  model: ChosenModel,
  whole: boolean,
  { scopes, ledger, upstream, deadline, at }: RoomContext,
): Promise<Hold> {
  const duration = whole ? 'short' : 'long';
  const hold = (worstCase: Amounts) =>
    ledger.hold(
      { scopes, worstCase, duration, at },
      { hold: deadline.signal, settle: deadline.settleSignal },
    );
  try {
    return await hold(worstCaseOf(call, model));
  } catch (refusal) {
    if (!(refusal instanceof ProxyError) || !isCountable(call, model)) throw refusal;
    const uncounted = uncountedTokens(call);
    if (!mayFit(worstCaseOf(call, model, uncounted), refusal)) throw refusal;
    const counted = await upstream.count(model.definition, call, deadline).catch((error: unknown) => {
      const failure = error instanceof ProxyError ? error.failure : undefined;
      const { retryAfterSeconds } = refusal;
      throw new ProxyError(refusal.statement, { failure, retryAfterSeconds });
    });
    return await hold(worstCaseOf(call, model, counted + uncounted));
  }
}

/** Whether Bedrock counts the tokens of a call. */
export function isCountable(call: ModelCall, { definition }: ChosenModel): call is CountableCall {
  return call.kind !== 'embed' && definition.upstream === 'converse' && definition.countTokens === true;
}

/** Whether a refused call might fit if it needed only so much. */
function mayFit(least: Amounts, refusal: ProxyError): boolean {
  if (refusal.hasCode('exceeds_limit') && refusal.statement.details) {
    const { limit, max } = refusal.statement.details;
    return least[limit] / unitOf[limit] <= max;
  }
  if ((refusal.hasCode('quota_exceeded') || refusal.hasCode('rate_limited')) && refusal.statement.details) {
    const { limit, max, used } = refusal.statement.details;
    if (limit === 'callsAtOnce') return false;
    return used + least[limit] / unitOf[limit] <= max;
  }
  // Only calls in flight stand in the way.
  return refusal.hasCode('rate_limited');
}
