import { type Capability, capabilitiesOf, invokeFormats, type ModelDefinition } from '@org/models';
import type { Caller, ChosenModel, Config } from '../config.ts';
import { at } from '../json.ts';
import { boundsOf } from '../ledger/admission.ts';
import { ProxyError } from '../proxy-error.ts';
import {
  type Asked,
  type Block,
  type Call,
  type ChatCall,
  type JsonBlock,
  type MessagesCall,
  samplingFields,
  type Tool,
} from './call.ts';
import { placeOf } from './request-place.ts';

/**
 * Output tokens when neither the caller nor the plan names a number. Small on purpose: Bedrock reserves them at
 * admission.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-token-burndown.html
 */
const defaultMaxTokens = 1024;

/**
 * The model that a caller means.
 *
 * @throws {ProxyError} `unknown_model`, or `model_not_allowed` where the caller's plan does not include it.
 */
export function chooseModel(alias: string, caller: Caller, { models }: Config): ChosenModel {
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

/**
 * Refuses what the model cannot do, by name.
 *
 * @throws {ProxyError} `unsupported_feature`; or `model_unavailable` where a limit in USD cannot be kept.
 */
export function refuseUnsupported({ call, whole }: Asked, model: ChosenModel, caller: Caller): void {
  const { alias, definition } = model;
  const supported = capabilitiesOf(definition);
  if (call.kind === 'embed' && call.inputs.length === 0) {
    throw new ProxyError({ code: 'invalid_request', message: 'There is no input to embed.' });
  }
  if (!answersTo(definition, call)) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} cannot be asked in this way. Choose another model.`,
      param: 'model',
    });
  }
  if (!whole && !supported.includes('stream')) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support streams. Ask for the whole answer or choose another model.`,
    });
  }
  if (call.kind === 'messages') refuseUnread(call);
  const features = call.kind === 'chat' ? chatFeatures(call) : [];
  const missing = features.find(({ feature }) => !supported.includes(feature));
  if (missing) {
    const { name, param } = missing;
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support ${name}. Leave it out or choose another model.`,
      param,
    });
  }
  if (call.kind === 'chat') refuseToolChoice(call, model);
  refuseUnpriced(model, caller);
}

/** @throws {ProxyError} `unsupported_feature` where the model cannot be asked in this way to call a tool. */
function refuseToolChoice({ toolChoice }: ChatCall, { alias, definition }: ChosenModel): void {
  if (toolChoice === undefined || definition.upstream !== 'converse') return;
  const kind = typeof toolChoice === 'string' ? toolChoice : 'named';
  if (definition.toolChoices?.includes(kind)) return;
  const words = { auto: 'call tools', any: 'call a tool', named: 'call one tool' }[kind];
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} cannot be made to ${words}. Leave toolChoice out or choose another model.`,
    param: 'toolChoice',
  });
}

/**
 * Fields of the Messages API whose tokens are counted and whose price is known here. Others name what is fetched, run or
 * sold at another price: servers, containers, service tiers.
 */
const messagesFields: ReadonlySet<string> = new Set([
  ...['messages', 'system', 'max_tokens', 'stop_sequences', 'temperature', 'top_p', 'top_k', 'metadata'],
  ...['tools', 'tool_choice', 'thinking', 'output_config', 'anthropic_beta'],
]);

/** @throws {ProxyError} `unsupported_feature` for a field, or a tool that Anthropic would run or has defined. */
function refuseUnread({ body }: MessagesCall): void {
  const field = Object.keys(body).find((name) => !messagesFields.has(name));
  const tools = Array.isArray(body['tools']) ? body['tools'] : [];
  const kind = tools.map((tool) => at(tool, 'type') ?? 'custom').find((type) => type !== 'custom');
  if (field === undefined && kind === undefined) return;
  const name = field === undefined ? 'tools of other types than custom' : placeOf([field]);
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `This proxy does not support ${name}. Leave it out.`,
    param: field === undefined ? 'tools' : name,
  });
}

/** Which kinds of call a model answers to at all. */
function answersTo(model: ModelDefinition, { kind }: Call): boolean {
  switch (kind) {
    case 'chat':
      return model.upstream !== 'embed';
    case 'embed':
      return model.upstream === 'embed';
    case 'messages':
      return model.upstream === 'converse' && model.messagesApi === true;
  }
}

/** What a call asks of a model, what the caller knows it as, and the field that it is in. */
interface Feature {
  readonly feature: Capability;
  readonly name: string;
  readonly param: string;
}

function chatFeatures(call: ChatCall): Feature[] {
  const { messages, system, tools, toolChoice, temperature, topP } = call;
  const feature = (name: Capability, present: boolean): Feature[] =>
    present ? [{ feature: name, name, param: name }] : [];
  const blocks = messages
    .flatMap((message) => message.blocks)
    .flatMap((block): (Block | JsonBlock)[] =>
      block.type === 'tool_result' ? [block, ...block.content] : [block],
    );
  return [
    ...feature('system', system !== undefined),
    ...feature('history', messages.length > 1 || messages[0]?.role === 'assistant'),
    ...samplingFields.flatMap((name) => feature(name, call[name] !== undefined)),
    ...(temperature !== undefined && topP !== undefined
      ? [{ feature: 'temperatureWithTopP' as const, name: 'topP beside temperature', param: 'topP' }]
      : []),
    ...feature('tools', tools !== undefined || toolChoice !== undefined),
    ...[...(system ?? []), ...(tools ?? []), ...blocks].flatMap(({ type }) => {
      const needed = needs[type];
      return needed ? feature(needed, true) : [];
    }),
  ];
}

/** What a model must be able to do for a block of a kind. A kind that is not here does not compile. */
const needs: Readonly<Record<(Block | JsonBlock | Tool)['type'], Capability | undefined>> = {
  text: undefined,
  json: undefined,
  image: 'images',
  document: 'documents',
  tool: 'tools',
  tool_use: 'tools',
  tool_result: 'tools',
  reasoning: 'reasoning',
  cache_point: 'cachePoints',
};

/** Synthesis refuses such a plan; a key that was made at run time can still bring a limit in USD of its own. */
function refuseUnpriced({ alias, price }: ChosenModel, { scopes }: Caller): void {
  if (price || !scopes.some((scope) => boundsOf(scope).some(({ limit }) => limit === 'usd'))) return;
  throw new ProxyError({
    code: 'model_unavailable',
    message: `The model ${alias} has no price here, so a limit in USD cannot be kept. Choose another model, or ask the operator.`,
  });
}

/**
 * The most output tokens of an answer: what the caller asks for, or what is usual, within what plan and model allow.
 *
 * @throws {ProxyError} `invalid_request` where the caller asks for more.
 */
export function maxTokensOf(
  asked: number | undefined,
  { definition }: Pick<ChosenModel, 'definition'>,
  caller: Pick<Caller, 'maxTokens'>,
): number {
  const most = Math.min(definition.maxOutputTokens, caller.maxTokens ?? Number.POSITIVE_INFINITY);
  if (asked === undefined) {
    const usual =
      definition.upstream === 'invoke' ? invokeFormats[definition.format].defaultMaxTokens : defaultMaxTokens;
    return Math.min(usual, most);
  }
  if (asked > most) {
    const path = 'maxTokens';
    const message = `must be at most ${most}, the most that ${most === caller.maxTokens ? 'the plan' : 'the model'} allows`;
    throw new ProxyError({
      code: 'invalid_request',
      message: `${path} ${message}.`,
      param: path,
      details: { issues: [{ path, message }] },
    });
  }
  return asked;
}
