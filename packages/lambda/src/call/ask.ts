import type { LimitStatus, LimitWarning } from '@org/contract';
import type { Caller, ChosenModel, Config } from '../config.ts';
import { type Amounts, amountsOf, nothing, unitOf } from '../ledger/amounts.ts';
import type { Ledger, Settlement } from '../ledger/ledger.ts';
import { ProxyError } from '../proxy-error.ts';
import { type Asked, callFor, type ModelCall } from './call.ts';
import { chooseModel, refuseUnpriced, refuseUnsupported } from './choose.ts';
import type { Deadline } from './deadline.ts';
import { trueCostOf } from './meter.ts';
import { prepare } from './prepare.ts';
import { type Reply, type ReplyEvent, ReplyFold, type TokenUsage, textOf } from './reply.ts';
import { scopesOf } from './scopes.ts';
import { createAnswerReader, outputOf } from './structured-output/structured-output.ts';
import { takeRoom } from './take-room.ts';
import type { Upstream } from './upstream.ts';
import { warningsOf } from './warnings.ts';

/** The dependencies of an ask. */
export interface AskContext {
  readonly caller: Caller;
  readonly config: Config;
  readonly ledger: Ledger;
  readonly upstream: Upstream;
  readonly deadline: Deadline;
  /** When the request came in, by API Gateway's clock: milliseconds since 1970. */
  readonly at: number;
}

/**
 * The events of an ask, in this order: `chosen`, `admitted`, the model's reply, `replied`, `settled`, `finished`. A
 * refused ask ends early. An admitted ask is always settled. Only an answer has `finished`.
 */
export type AskEvent =
  | { readonly type: 'chosen'; readonly model: ChosenModel }
  /** The limits have room for the worst case, which is held. */
  | {
      readonly type: 'admitted';
      /** As the model gets it. */
      readonly call: ModelCall;
      /** The most output tokens, if the plan lowered the number that the caller asked for, or what fits is less than the most. */
      readonly maxTokensLoweredTo?: number | undefined;
      /** The limits that are nearly used up, with all that is held for this call. */
      readonly warnings: readonly LimitWarning[];
    }
  | ReplyEvent
  /** The model has finished or failed. */
  | { readonly type: 'replied' }
  | { readonly type: 'settled'; readonly settled: Settled }
  | { readonly type: 'finished'; readonly finished: Finished };

/** The totals at the end of an answer. */
export interface Ending {
  readonly stopReason: string;
  readonly usage: TokenUsage;
  /** Absent if the model has no price. */
  readonly costUsd: number | undefined;
}

/** How the counters recorded a call. */
export interface Settled {
  readonly held: Amounts;
  readonly charged: Amounts;
  readonly settlement: Settlement;
  /** Absent if the model did not answer to the end. */
  readonly ending?: Ending | undefined;
}

/** A complete answer that fits the schema, if there is one. */
export interface Finished extends Ending {
  readonly reply: Reply;
  /** Only of a call that asks for what fits: the most output tokens that it was given. */
  readonly maxTokens?: number | undefined;
  /** With an `outputSchema`, unless the model calls a tool first: the answer, checked. */
  readonly output?: unknown;
  readonly limits: readonly LimitStatus[];
  /** Those of the limits that are nearly used up. */
  readonly warnings: readonly LimitWarning[];
}

/**
 * One ask: choose the model, refuse what it cannot do, hold the worst case, call, settle the true cost. If the consumer
 * leaves early, the worst case stays charged: only the end of an answer says the cost.
 *
 * @throws {ProxyError} For any failure.
 */
export async function* ask(asked: Asked, context: AskContext): AsyncGenerator<AskEvent, void> {
  const { caller, config, upstream, deadline } = context;
  const { whole } = asked;
  const model = chooseModel(asked.alias, caller, config);
  yield { type: 'chosen', model };
  const scopes = await scopesOf(caller, { customer: asked.customer, model: model.alias });
  const put = callFor(asked, model);
  refuseUnsupported(put, model, { whole });
  const prepared = prepare(put, model, caller);
  const { structured } = prepared;
  refuseUnpriced(prepared.call, model, scopes);

  const { hold, call } = await takeRoom(prepared, model, whole, { ...context, scopes });
  const fitted = prepared.fit && call.kind === 'chat' ? call.maxTokens : undefined;
  const maxTokensLoweredTo =
    fitted !== undefined && call !== prepared.call ? fitted : prepared.maxTokensLoweredTo;
  let settled = false;
  /** The charge, as far as it is known. */
  let due = nothing;
  const settle = async (ending?: Ending): Promise<Settled> => {
    settled = true;
    const settlement = await hold.settle(due, deadline.settleSignal);
    return { held: hold.worstCase, charged: due, settlement, ending };
  };
  try {
    // Only a stream sends them before its end.
    const warnings = whole ? [] : warningsOf(await hold.limits(deadline.signal), config.warnAt);
    yield { type: 'admitted', call, maxTokensLoweredTo, warnings };
    const target = {
      modelId: caller.inferenceProfiles.get(model.alias) ?? model.modelId,
      guardrail: caller.guardrail,
      metadata: { team: caller.team, keyId: caller.keyId },
    };
    const read = structured ? createAnswerReader(structured) : (event: ReplyEvent) => event;
    let stopReason = '';
    let usage: TokenUsage | undefined;
    due = hold.worstCase;
    const fold = new ReplyFold();
    for await (const said of upstream.call(model.definition, call, target, { whole, deadline })) {
      const event = read(said);
      if (event === undefined) continue;
      if (event.type === 'stopped') stopReason = event.stopReason;
      else if (event.type === 'usage') usage = event.usage;
      fold.add(event);
      yield event;
    }
    if (usage === undefined) throw new TypeError('The upstream has not said what the call took');
    due = trueCostOf(usage, model.price, call);
    yield { type: 'replied' };
    const ending = { stopReason, usage, costUsd: model.price && due.usd / unitOf.usd };
    const outcome = await settle(ending);
    yield { type: 'settled', settled: outcome };
    // An answer that does not fit is charged too, so this comes last. A model that calls a tool has not answered yet.
    const answered = structured && stopReason !== 'tool_use';
    const { reply } = fold;
    const output = answered && { output: outputOf(structured, { text: textOf(reply), stopReason }) };
    const { limits } = outcome.settlement;
    const standing = { limits, warnings: warningsOf(limits, config.warnAt) };
    yield { type: 'finished', finished: { ...ending, maxTokens: fitted, ...output, reply, ...standing } };
  } catch (error) {
    if (!settled) {
      due = chargeOfFailure(error, hold.worstCase, model, call);
      yield { type: 'replied' };
      yield { type: 'settled', settled: await settle() };
    }
    throw error;
  } finally {
    if (!settled) await settle();
  }
}

/** The charge of a failed call: nothing only if it certainly was not billed. */
function chargeOfFailure(
  error: unknown,
  worstCase: Amounts,
  { price }: ChosenModel,
  call: ModelCall,
): Amounts {
  if (!(error instanceof ProxyError)) return worstCase;
  if (error.unbilled) return nothing;
  const known = error.usage ? trueCostOf(error.usage, price, call) : nothing;
  return amountsOf((kind) => Math.max(worstCase[kind], known[kind]));
}
