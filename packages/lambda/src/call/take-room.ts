import type { ChosenModel } from '../config.ts';
import { type Amounts, unitOf } from '../ledger/amounts.ts';
import type { Hold, Ledger } from '../ledger/ledger.ts';
import type { Scope } from '../ledger/scope.ts';
import { ProxyError } from '../proxy-error.ts';
import type { ModelCall } from './call.ts';
import type { Deadline } from './deadline.ts';
import { mostOutputWithin, uncountedTokens, worstCaseOf } from './meter.ts';
import type { Prepared } from './prepare.ts';
import type { CountableCall, Upstream } from './upstream.ts';

/** What a call's room depends on. */
export interface RoomContext {
  /** What the call counts in. */
  readonly scopes: readonly Scope[];
  readonly ledger: Pick<Ledger, 'hold' | 'room'>;
  readonly upstream: Pick<Upstream, 'count'>;
  readonly deadline: Deadline;
  /** When the request came in: milliseconds since 1970. */
  readonly at: number;
}

/** Room for a call, and the call as it fits into it. */
export interface Room {
  readonly hold: Hold;
  readonly call: ModelCall;
}

/**
 * Takes room for a call under its caller's limits: the worst case of its bytes, which costs nothing to know. If that does
 * not fit, but the call might, it is tried once more, with less:
 *
 * 1. Bedrock counts the call's tokens. The count is what Bedrock will bill, so it needs no margin.
 * 2. A call that asks for what fits is lowered to the most output tokens that the limits now have room for.
 *
 * @param whole Whether the answer is asked for whole, and so cannot last long.
 * @throws {ProxyError} The ledger's refusal. If the count fails, the first refusal stands, and its `failure` says why; a call
 *   that asks for what fits is lowered all the same.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html
 */
export async function takeRoom(
  { call, fit }: Pick<Prepared, 'call' | 'fit'>,
  model: ChosenModel,
  whole: boolean,
  { scopes, ledger, upstream, deadline, at }: RoomContext,
): Promise<Room> {
  const duration = whole ? 'short' : 'long';
  const hold = async (held: ModelCall, mostInput?: number): Promise<Room> => {
    const worstCase = worstCaseOf(held, model, mostInput);
    const signals = { hold: deadline.signal, settle: deadline.settleSignal };
    return { call: held, hold: await ledger.hold({ scopes, worstCase, duration, at }, signals) };
  };
  try {
    return await hold(call);
  } catch (refusal) {
    if (!(refusal instanceof ProxyError)) throw refusal;
    /** The same refusal, if a try to make the call fit fails. */
    const because = (error: unknown): ProxyError => {
      const failure = error instanceof ProxyError ? error.failure : undefined;
      const { retryAfterSeconds, retryable } = refusal;
      return new ProxyError(refusal.statement, { failure, retryAfterSeconds, lasts: !retryable });
    };
    const smallest = fit ? fit.lowered(fit.least) : call;
    let mostInput: number | undefined;
    if (isCountable(call, model)) {
      const uncounted = uncountedTokens(call);
      if (mayFit(worstCaseOf(smallest, model, uncounted), refusal)) {
        mostInput = await upstream.count(model.definition, call, deadline).then(
          (counted) => counted + uncounted,
          (error: unknown) => {
            if (fit) return undefined;
            throw because(error);
          },
        );
      }
    }
    if (!fit) {
      if (mostInput === undefined) throw refusal;
      return await hold(call, mostInput);
    }
    if (!isAboutAmounts(refusal)) throw refusal;
    const room = await ledger.room(scopes, at, deadline.signal).catch((error: unknown) => {
      throw because(error);
    });
    // The smallest is tried even if it does not fit: then the refusal says what it lacks, and not what the largest does.
    const most = Math.max(fit.least, mostOutputWithin(room, call, model, mostInput));
    return await hold(most < fit.most ? fit.lowered(most) : call, mostInput);
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
    const { details } = refusal.statement;
    const { limit, max, used } = details;
    if (limit === 'callsAtOnce') return false;
    const most = ('allowedNow' in details ? details.allowedNow : undefined) ?? max;
    return used + least[limit] / unitOf[limit] <= most;
  }
  // Only calls in flight stand in the way.
  return refusal.hasCode('rate_limited');
}

/** Whether limits refused a call for how much it may cost, so that a smaller one might be let through. */
function isAboutAmounts(refusal: ProxyError): boolean {
  if (refusal.hasCode('exceeds_limit')) return true;
  if (!refusal.hasCode('quota_exceeded') && !refusal.hasCode('rate_limited')) return false;
  const { details } = refusal.statement;
  return details === undefined || (details.limit !== 'callsAtOnce' && details.limit !== 'requests');
}
