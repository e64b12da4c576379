import { nearest } from '@org/contract';
import { type Capability, capabilitiesOf, type ModelDefinition } from '@org/models';
import type { Caller, ChosenModel, Config } from '../config.ts';
import { at } from '../json.ts';
import { boundsOf, type Scope } from '../ledger/scope.ts';
import { ProxyError } from '../proxy-error.ts';
import { refuseCachePoints } from './cache-points.ts';
import {
  type Asked,
  type Block,
  type Call,
  type ChatCall,
  type EmbedCall,
  type JsonBlock,
  type MessagesCall,
  type ModelCall,
  samplingFields,
  type Tool,
} from './call.ts';
import { unpricedPartOf } from './meter.ts';
import { refuseReasoning } from './reasoning.ts';
import { placeOf } from './request-place.ts';

/**
 * The alias for a name: itself, else the config's, else that of the model with this name at Bedrock or Anthropic. If
 * there are several, the first that the caller may ask.
 */
function aliasOfName(name: string, caller: Caller, { models, aliases, foreignNames }: Config): string {
  if (models.has(name)) return name;
  const candidates = foreignNames.get(name) ?? [];
  return (
    aliases.get(name) ?? candidates.find((alias) => caller.models.includes(alias)) ?? candidates[0] ?? name
  );
}

/** The names that a caller may use: the plan's aliases, and the config's other names for them. */
export function namesFor(caller: Caller, { models, aliases }: Config): string[] {
  const others = [...aliases].flatMap(([name, alias]) => (caller.models.includes(alias) ? [name] : []));
  return [...caller.models.filter((alias) => models.has(alias)), ...others];
}

/**
 * The model that a caller means.
 *
 * @throws {ProxyError} `unknown_model`, or `model_not_allowed` if the caller's plan does not include it.
 */
export function chooseModel(name: string, caller: Caller, config: Config): ChosenModel {
  const alias = aliasOfName(name, caller, config);
  const model = config.models.get(alias);
  if (model && caller.models.includes(alias)) return model;
  const available = namesFor(caller, config);
  const near = model ? undefined : nearest(name, available);
  const choice = `${near === undefined ? '' : `Did you mean ${near}? `}Choose one of: ${available.join(', ')}.`;
  throw new ProxyError({
    code: model ? 'model_not_allowed' : 'unknown_model',
    message: model
      ? `The plan of this API key does not include the model ${alias}. ${choice}`
      : `The requested model is not offered here. ${choice}`,
    param: 'model',
    details: { available },
  });
}

/**
 * Refuses a feature that the model lacks, and names it.
 *
 * @throws {ProxyError} `unsupported_feature`, or `invalid_request` for too many cache points.
 */
export function refuseUnsupported(call: Call, model: ChosenModel, { whole }: Pick<Asked, 'whole'>): void {
  const { alias, definition } = model;
  const supported = capabilitiesOf(definition);
  if (!answersTo(definition, call)) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message:
        definition.upstream === 'embed'
          ? `The model ${alias} makes embeddings, and cannot answer questions. Choose another model.`
          : `The model ${alias} does not support ${call.kind === 'embed' ? 'embeddings' : 'this API'}. Choose another model.`,
      param: 'model',
    });
  }
  if (!whole && !supported.includes('stream')) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support streams. Ask for the whole answer or choose another model.`,
    });
  }
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
  switch (call.kind) {
    case 'chat':
      refuseToolChoice(call, model);
      refuseReasoning(call, model);
      refuseCachePoints(call, model);
      refuseTier(call, model);
      break;
    case 'embed':
      refuseDimensions(call, model);
      break;
    case 'messages':
      refuseUnread(call);
  }
}

/** @throws {ProxyError} `unsupported_feature` if the model cannot be asked in this way to call a tool. */
function refuseToolChoice({ toolChoice }: ChatCall, { alias, definition }: ChosenModel): void {
  // Without tools it calls none.
  if (toolChoice === undefined || toolChoice === 'none' || definition.upstream !== 'converse') return;
  const kind = typeof toolChoice === 'string' ? toolChoice : 'named';
  if (definition.toolChoices?.includes(kind)) return;
  const words = { auto: 'call tools', required: 'call a tool', named: 'call one tool' }[kind];
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} cannot be made to ${words}. Leave toolChoice out or choose another model.`,
    param: 'toolChoice',
  });
}

/** @throws {ProxyError} `unsupported_feature` for a tier that the model does not have. */
function refuseTier({ serviceTier }: ChatCall, { alias, definition }: ChosenModel): void {
  if (serviceTier === undefined || definition.upstream !== 'converse') return;
  const { serviceTiers = [] } = definition;
  if (serviceTiers.includes(serviceTier)) return;
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} does not support the service tier ${serviceTier}. Choose one of: ${serviceTiers.join(', ')}; or leave it out.`,
    param: 'serviceTier',
  });
}

/** @throws {ProxyError} `unsupported_feature` for vectors of a size that the model does not write. */
function refuseDimensions({ dimensions }: EmbedCall, { alias, definition }: ChosenModel): void {
  if (dimensions === undefined || definition.upstream !== 'embed') return;
  const sizes = definition.dimensions ?? [];
  if (sizes.includes(dimensions)) return;
  const remedy = sizes.length > 0 ? `Choose one of: ${sizes.join(', ')}.` : 'Leave it out.';
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} does not support dimensions of ${dimensions}. ${remedy}`,
    param: 'dimensions',
  });
}

/**
 * Fields of the Messages API with counted tokens and a known price. Others name something fetched, run or sold at
 * another price: servers, containers, service tiers.
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
  const name = field === undefined ? 'tools of types other than custom' : placeOf([field]);
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `This proxy does not support ${name}. Leave it out.`,
    param: field === undefined ? 'tools' : name,
  });
}

/** The kinds of call that a model answers. */
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

/** The features that a call needs, the caller's name for each, and its field. */
interface Feature {
  readonly feature: Capability;
  readonly name: string;
  readonly param: string;
}

function chatFeatures(call: ChatCall): Feature[] {
  const { messages, system = [], tools = [], toolChoice, temperature, topP } = call;
  const feature = (name: Capability, present: boolean): Feature[] =>
    present ? [{ feature: name, name, param: name }] : [];
  const ofBlocks = (param: string, blocks: readonly { readonly type: keyof typeof needs }[]): Feature[] =>
    blocks.flatMap(({ type }) => {
      const need = needs[type];
      return need ? [{ ...need, param }] : [];
    });
  const blocks = messages
    .flatMap((message) => message.blocks)
    .flatMap((block): (Block | JsonBlock)[] =>
      block.type === 'tool_result' ? [block, ...block.content] : [block],
    );
  return [
    ...feature('system', system.length > 0),
    ...feature('history', messages.length > 1 || messages[0]?.role === 'assistant'),
    ...samplingFields.flatMap((name) => feature(name, call[name] !== undefined)),
    ...(temperature !== undefined && topP !== undefined
      ? [{ feature: 'temperatureWithTopP' as const, name: 'topP together with temperature', param: 'topP' }]
      : []),
    ...feature('tools', tools.length > 0 || (toolChoice !== undefined && toolChoice !== 'none')),
    // Turning thinking off needs no feature of a model that does not think.
    ...feature('reasoning', call.reasoning !== undefined && call.reasoning !== 'off'),
    ...feature('cache', call.cache !== undefined),
    ...feature('serviceTier', call.serviceTier !== undefined),
    ...ofBlocks('system', system),
    ...ofBlocks('tools', tools),
    ...ofBlocks('messages', blocks),
  ];
}

/**
 * The capability that each kind of block needs, and the caller's name for it. A missing kind does not compile. Calls
 * and results of tools can be written as text, and thoughts go only to a model that takes them back.
 */
const needs: Readonly<
  Record<(Block | JsonBlock | Tool)['type'], Pick<Feature, 'feature' | 'name'> | undefined>
> = {
  text: undefined,
  json: undefined,
  image: { feature: 'images', name: 'images' },
  document: { feature: 'documents', name: 'documents' },
  tool: { feature: 'tools', name: 'tools' },
  tool_use: undefined,
  tool_result: undefined,
  reasoning: undefined,
  redacted_reasoning: undefined,
  cache_point: { feature: 'cache', name: 'cache points' },
};

/**
 * Refuses a call without a price if there is a limit in USD. Synthesis refuses a plan with such a model, but a key made
 * at run time can still bring its own limit.
 *
 * @throws {ProxyError} `model_unavailable` for the model, `unsupported_feature` for a feature that the call uses.
 */
export function refuseUnpriced(call: ModelCall, model: ChosenModel, scopes: readonly Scope[]): void {
  const { alias, price } = model;
  if (!scopes.some((scope) => boundsOf(scope).some(({ limit }) => limit === 'usd'))) return;
  if (!price) {
    throw new ProxyError({
      code: 'model_unavailable',
      message: `The model ${alias} has no price here, so a limit in USD cannot be kept. Choose another model, or ask the operator.`,
    });
  }
  const param = unpricedPartOf(call, model);
  if (param === undefined) return;
  const part = { serviceTier: 'this service tier', cache: 'a cache of an hour' }[param];
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} has no price here for ${part}, so a limit in USD cannot be kept. Leave it out, or ask the operator to add its price.`,
    param,
  });
}
