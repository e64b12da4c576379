import { AskRequest, type LimitStatus } from '@org/contract';
import { type Capability, capabilities, type ModelDefinition } from '@org/models';
import type { Caller, Config, OfferedModel } from '../config.ts';
import { boundsOf } from '../ledger/admission.ts';
import { type Amounts, amountsOf, nothing, unitOf } from '../ledger/amounts.ts';
import type { Ledger, Settlement } from '../ledger/ledger.ts';
import type { Transfer } from '../ledger/moment.ts';
import { ProxyError } from '../proxy-error.ts';
import { bodyFormats } from '../upstream/invoke/invoke.ts';
import type { ModelCall, ModelReply } from './call.ts';
import type { Deadline } from './deadline.ts';
import { trueCostOf, worstCaseOf } from './meter.ts';
import { outputOf, structuredCall } from './structured-output/structured-output.ts';

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
  /** Calls the model: for the whole answer, or passing it on in pieces. */
  readonly callModel: (model: OfferedModel, call: ModelCall, deadline: Deadline) => Promise<ModelReply>;
  readonly transfer: Transfer;
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
  /** What the model said, if it did to the end. */
  readonly reply?: ModelReply | undefined;
  readonly costUsd?: number | undefined;
}

/** The outcome of an ask: the model's reply, what it cost, and what is left. */
export interface Asked {
  readonly reply: ModelReply;
  /** With an `outputSchema`: the answer, checked. */
  readonly output?: unknown;
  readonly costUsd: number | undefined;
  readonly limits: readonly LimitStatus[];
}

/** One ask, from the checked request to the model's reply: hold the worst case, call, settle the true cost. */
export async function ask(request: AskRequest, context: AskContext): Promise<Asked> {
  const { caller, model, transfer, ledger, deadline, at } = context;
  refuseUnsupported(request, model, transfer);
  const { model: _alias, outputSchema, ...asked } = request;
  const structured = outputSchema && structuredCall(outputSchema, model);
  const call: ModelCall = {
    ...asked,
    modelId: model.modelId,
    maxTokens: maxTokensOf(request, model, caller),
    structured,
    guardrail: caller.guardrail,
    metadata: { team: caller.team, keyId: caller.keyId },
  };

  refuseUnpriced(model, caller);
  const hold = await ledger.hold(
    { scopes: caller.scopes, worstCase: worstCaseOf(call, model.price), transfer, at },
    { hold: deadline.signal, settle: deadline.settleSignal },
  );
  const settle = async (charged: Amounts, outcome: Pick<Settled, 'reply' | 'costUsd'> = {}) => {
    const settlement = await hold.settle(charged, deadline.settleSignal);
    context.onSettled({ held: hold.worstCase, charged, settlement, ...outcome });
    return settlement;
  };
  let reply: ModelReply;
  try {
    reply = await context.callModel(model, call, deadline);
  } catch (error) {
    await settle(chargeOfFailure(error, hold.worstCase, model));
    throw error;
  }
  const charge = trueCostOf(reply.usage, model.price);
  const costUsd = model.price && charge.usd / unitOf.usd;
  const { limits } = await settle(charge, { reply, costUsd });
  // What does not fit was charged all the same, so this comes last.
  return { reply, ...(structured && { output: outputOf(structured, reply) }), costUsd, limits };
}

/** What a call that failed is charged: nothing only where it certainly was not billed. */
function chargeOfFailure(error: unknown, worstCase: Amounts, { price }: OfferedModel): Amounts {
  if (!(error instanceof ProxyError)) return worstCase;
  if (error.unbilled) return nothing;
  const known = error.usage ? trueCostOf(error.usage, price) : nothing;
  return amountsOf((kind) => Math.max(worstCase[kind], known[kind]));
}

/** Refuses what the model cannot do, by name, before anything is held. */
function refuseUnsupported(
  request: AskRequest,
  { alias, definition }: OfferedModel,
  transfer: Transfer,
): void {
  const supported = capabilitiesOf(definition);
  const refuse = (feature: string, param: string): never => {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support ${feature}. Leave it out or choose another model.`,
      param,
    });
  };
  if (transfer === 'stream' && !supported.includes('stream')) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support streams. Ask for the whole answer or choose another model.`,
    });
  }
  for (const feature of capabilities.filter(isFeature)) {
    if (request[feature] !== undefined && !supported.includes(feature)) refuse(feature, feature);
  }
  const both = request.temperature !== undefined && request.topP !== undefined;
  if (both && !supported.includes('temperatureWithTopP')) refuse('topP beside temperature', 'topP');
}

/** Fields of a request that a model can lack: all but those that are chosen or checked for each. */
type Feature = Exclude<keyof AskRequest, 'model' | 'question' | 'maxTokens' | 'outputSchema'>;

// Compiles only where each of these fields is a capability.
function isFeature(capability: Capability): capability is Feature {
  return Object.hasOwn(AskRequest.shape, capability);
}

/** Synthesis refuses such a plan; a key that was made at run time can still bring a limit in USD of its own. */
function refuseUnpriced({ alias, price }: OfferedModel, { scopes }: Caller): void {
  if (price || !scopes.some((scope) => boundsOf(scope).some(({ limit }) => limit === 'usd'))) return;
  throw new ProxyError({
    code: 'model_unavailable',
    message: `The model ${alias} has no price here, so a limit in USD cannot be kept. Choose another model, or ask the operator.`,
  });
}

/** What a model takes beyond a question and `maxTokens`. */
export function capabilitiesOf(model: ModelDefinition): readonly Capability[] {
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
