import type { AskRequest, Capability, ModelDefinition } from '@org/contract';
import type { Caller, Config, OfferedModel } from './config.ts';
import type { Deadline } from './deadline.ts';
import { bodyFormats } from './invoke.ts';
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

/** One ask, from the checked request to the model's reply. */
export function ask(
  request: AskRequest,
  model: OfferedModel,
  caller: Caller,
  upstream: Upstream,
  deadline: Deadline,
): Promise<ModelReply> {
  refuseUnsupported(request, model);
  const { model: _alias, ...asked } = request;
  const call: ModelCall = {
    ...asked,
    modelId: model.modelId,
    maxTokens: maxTokensOf(request, model, caller),
  };
  return upstream(model.definition, call, deadline);
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
