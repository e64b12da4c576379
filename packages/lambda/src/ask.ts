import type { AskRequest, Capability, LimitStatus, ModelDefinition } from '@org/contract';
import { trueCostOf, worstCaseOf } from './call-cost.ts';
import type { Caller, Config, OfferedModel } from './config.ts';
import { type Deadline, settleSignal } from './deadline.ts';
import { bodyFormats } from './invoke.ts';
import { boundsOf } from './ledger/admission.ts';
import { type Amounts, nothing, unitOf } from './ledger/amounts.ts';
import type { Ledger, Settlement } from './ledger/ledger.ts';
import type { ModelCall, ModelReply } from './model-call.ts';
import { ProxyError } from './proxy-error.ts';
import type { Upstream } from './upstream.ts';

/**
 * Output tokens when neither the caller nor the plan names a number. Small on purpose: Bedrock reserves them at
 * admission.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
 */
const defaultMaxTokens = 1024;

/** The model that a caller means. */
export function chooseModel(alias: string, caller: Caller, { models }: Config): OfferedModel {
  const model = models.get(alias);
  const details = { available: caller.models };
  const choice = `Choose one of: ${caller.models.join(', ')}.`;
  if (!model) {
    throw new ProxyError({
      code: 'unknown_model',
      message: `There is no model of this name here. ${choice}`,
      param: 'model',
      details,
    });
  }
  if (!caller.models.includes(alias)) {
    throw new ProxyError({
      code: 'model_not_allowed',
      message: `The plan of this API key does not include the model ${alias}. ${choice}`,
      param: 'model',
      details,
    });
  }
  return model;
}

/** What an ask depends on beside its request. */
export interface AskContext {
  readonly caller: Caller;
  readonly model: OfferedModel;
  readonly upstream: Upstream;
  readonly ledger: Ledger;
  readonly deadline: Deadline;
  /** When the request came in, by API Gateway's clock: milliseconds since 1970. */
  readonly at: number;
  /** Told what the log should know, whatever becomes of the ask. */
  readonly onSettled: (settled: Settled) => void;
}

/** How the counters took a call. */
export interface Settled {
  readonly held: Amounts;
  readonly charged: Amounts;
  readonly settlement: Settlement;
}

/** The outcome of an ask: the model's reply, what it cost, and what is left. */
export interface Asked {
  readonly reply: ModelReply;
  readonly costUsd: number | undefined;
  readonly limits: readonly LimitStatus[];
}

/** One ask, from the checked request to the model's reply: hold the worst case, call, settle the true cost. */
export async function ask(request: AskRequest, context: AskContext): Promise<Asked> {
  const { caller, model, upstream, ledger, deadline, at } = context;
  refuseUnsupported(request, model);
  const { model: _alias, ...asked } = request;
  const call: ModelCall = {
    ...asked,
    modelId: model.modelId,
    maxTokens: maxTokensOf(request, model, caller),
  };

  refuseUnpriced(model, caller);
  const hold = await ledger.hold(
    { scopes: caller.scopes, worstCase: worstCaseOf(call, model.price), at },
    { hold: deadline.signal, settle: settleSignal(deadline) },
  );
  const settle = async (charged: Amounts): Promise<Settlement> => {
    const settlement = await hold.settle(charged, settleSignal(deadline));
    context.onSettled({ held: hold.worstCase, charged, settlement });
    return settlement;
  };
  let reply: ModelReply;
  try {
    reply = await upstream(model.definition, call, deadline);
  } catch (error) {
    await settle(error instanceof ProxyError && error.unbilled ? nothing : hold.worstCase);
    throw error;
  }
  const charge = trueCostOf(reply.usage, model.price);
  const { limits } = await settle(charge);
  return { reply, costUsd: model.price && charge.usd / unitOf.usd, limits };
}

function refuseUnsupported(request: AskRequest, { alias, definition }: OfferedModel): void {
  const capabilities = capabilitiesOf(definition);
  for (const feature of ['system', 'history', 'stop'] as const) {
    if (request[feature] !== undefined && !capabilities.includes(feature)) {
      throw new ProxyError({
        code: 'unsupported_feature',
        message: `The model ${alias} does not support ${feature}. Leave it out or choose another model.`,
        param: feature,
      });
    }
  }
}

/** Synthesis refuses such a plan; a key that was made at run time can still bring a limit in USD of its own. */
function refuseUnpriced({ alias, price }: OfferedModel, { scopes }: Caller): void {
  if (price || !scopes.some((scope) => boundsOf(scope).some(({ limit }) => limit === 'usd'))) return;
  throw new ProxyError({
    code: 'model_unavailable',
    message: `The model ${alias} has no price here, so a limit in USD cannot be kept. Choose another model, or ask the operator.`,
  });
}

function capabilitiesOf(model: ModelDefinition): readonly Capability[] {
  return model.upstream === 'converse' ? model.capabilities : bodyFormats[model.format].capabilities;
}

function maxTokensOf({ maxTokens }: AskRequest, { definition }: OfferedModel, caller: Caller): number {
  const most = Math.min(definition.maxOutputTokens, caller.maxTokens ?? Number.POSITIVE_INFINITY);
  if (maxTokens === undefined) {
    const usual =
      definition.upstream === 'converse' ? defaultMaxTokens : bodyFormats[definition.format].defaultMaxTokens;
    return Math.min(usual, most);
  }
  if (maxTokens > most) {
    const path = 'maxTokens';
    const message = `must be at most ${most}, the most that ${most === caller.maxTokens ? 'the plan' : 'the model'} allows`;
    throw new ProxyError({
      code: 'invalid_request',
      message: `${path} ${message}.`,
      param: path,
      details: { issues: [{ path, message }] },
    });
  }
  return maxTokens;
}
