import { type ModelDefinition, type Reasoning, reasoningFields } from '@org/models';
import type { MessagesCall } from '../../call/call.ts';
import type { ChosenModel } from '../../config.ts';
import { at, isJsonObject, type Json, type JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { betaOfToolField, betasFor } from './betas.ts';
import { askedEfforts, nearestEffort, usualEffort } from './effort.ts';
import type { MessagesRequest } from './request.ts';

/** The facts of a model that decide which fields Bedrock accepts. */
type Claude = Extract<ModelDefinition, { upstream: 'converse' }>;

/** Whether a model gets the caller's own body, and its answer goes out as it comes. */
export function isClaude(definition: ModelDefinition): definition is Claude {
  return definition.upstream === 'converse' && definition.messagesApi === true;
}

/**
 * The caller's body, without the fields that Bedrock refuses for this model.
 *
 * @throws {ProxyError} `unsupported_feature` for a field whose removal would change the request's meaning.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
export function bodyForClaude(
  { fields, betas }: MessagesRequest,
  maxTokens: number,
  model: ChosenModel & { readonly definition: Claude },
): MessagesCall['body'] {
  const { stream: _, cache_control, output_format, thinking, output_config, ...kept } = fields;
  const { definition } = model;
  const body: MessagesCall['body'] = {
    ...kept,
    max_tokens: maxTokens,
    ...turnsFor({ ...kept, cache_control: cache_control ?? null }, definition),
    ...toolsFor(fields['tools'], model),
    ...thinkingFor(thinking, at(output_config, 'effort') ?? undefined, maxTokens, definition),
    ...outputConfigFor(output_config, output_format, model),
  };
  const taken = betasFor([...betas, ...betasOfTools(fields['tools'])], definition);
  return { ...body, ...(taken.length > 0 && { anthropic_beta: taken }) };
}

/** Without the token budget of a whole task, which is a hint. The model refuses values that do not belong here. */
function outputConfigFor(
  config: Json | undefined,
  outputFormat: Json | undefined,
  model: ChosenModel & { readonly definition: Claude },
): JsonObject {
  if (config !== undefined && !isJsonObject(config)) return { output_config: config };
  const { format: own, effort, task_budget: _, ...others } = config ?? {};
  const format = outputFormat ?? own ?? undefined;
  refuseFormat(format, model);
  const kept = {
    ...others,
    ...(format !== undefined && { format }),
    ...effortFields(effort ?? undefined, model.definition),
  };
  return Object.keys(kept).length > 0 ? { output_config: kept } : {};
}

function refuseFormat(format: Json | undefined, { alias, definition }: ChosenModel & { definition: Claude }) {
  if (format === undefined || definition.structuredOutput === 'native') return;
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} does not support output_config.format. Leave it out, make the model call a tool, or choose another model.`,
    param: 'output_config',
  });
}

/** One that takes a budget of tokens takes no effort. */
function effortFields(effort: Json | undefined, { reasoning }: Claude): JsonObject {
  const asked = askedEfforts.find((each) => each === effort);
  if (effort === undefined || reasoning?.form !== 'claude-adaptive') return {};
  // The model refuses any other value.
  return { effort: (asked && nearestEffort(asked, reasoning.efforts)) ?? effort };
}

/** How the model is asked to think, in the form that it takes. */
function thinkingFor(
  thinking: Json | undefined,
  effort: Json | undefined,
  maxTokens: number,
  { reasoning }: Claude,
): JsonObject {
  if (thinking === undefined) return {};
  const asked = { thinking };
  const display = at(thinking, 'display');
  const shown = display === undefined || display === null ? {} : { display };
  switch (at(thinking, 'type')) {
    case 'adaptive':
      if (reasoning?.form === 'claude-adaptive') return asked;
      return reasoning ? withBudget(reasoning, effort, maxTokens, shown) : {};
    case 'enabled':
      // One that thinks unasked decides by itself for how long.
      return reasoning?.form === 'claude-adaptive' && reasoning.default !== 'off'
        ? { thinking: { type: 'adaptive', ...shown } }
        : asked;
    case 'disabled':
      return reasoning ? asked : {};
    default:
      return asked;
  }
}

/** Without room to think in, the model does not. */
function withBudget(
  reasoning: Reasoning,
  effort: Json | undefined,
  maxTokens: number,
  shown: JsonObject,
): JsonObject {
  const asked = askedEfforts.find((each) => each === effort) ?? usualEffort;
  const nearest = nearestEffort(asked, reasoning.efforts);
  const fields = nearest && reasoningFields(reasoning, nearest, maxTokens);
  const thinking = fields?.['thinking'];
  return typeof thinking === 'object' ? { thinking: { ...thinking, ...shown } } : {};
}

/**
 * Whether a model reads instructions between turns: Claude 5 does, which thinks unasked, and none before it here.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-mid-conversation-system.html
 */
function readsSystemTurns({ reasoning }: Claude): boolean {
  return reasoning !== undefined && reasoning.default !== 'off';
}

/** The system prompt and the messages. Instructions between turns go to the front if the model reads none there. */
function turnsFor({ system, messages, cache_control }: JsonObject, model: Claude): JsonObject {
  const turns = Array.isArray(messages) ? messages : [];
  const isHoisted = (turn: Json) => !readsSystemTurns(model) && at(turn, 'role') === 'system';
  const hoisted = turns.filter(isHoisted).flatMap((turn) => textBlocks(at(turn, 'content')));
  const front = hoisted.length > 0 ? [...textBlocks(system), ...hoisted] : system;
  const left = turns.filter((turn) => !isHoisted(turn)).map((turn) => withContent(turn, model));
  return {
    ...(front !== undefined && { system: blocksFor(front, model) }),
    messages:
      cache_control === null || cache_control === undefined
        ? left
        : withLastCached(left, cacheControlFor(cache_control, model)),
  };
}

function textBlocks(content: Json | undefined): Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content : [];
}

function withContent(value: Json, model: Claude): Json {
  if (!isJsonObject(value) || value['content'] === undefined) return value;
  return { ...value, content: blocksFor(value['content'], model) };
}

function blocksFor(content: Json, model: Claude): Json {
  return Array.isArray(content) ? content.map((block) => blockFor(block, model)) : content;
}

/** A tool's caller is in answers of Anthropic's own API, which are repeated here. */
const unsentOfBlocks = ['caller', 'toolset_name'];

function blockFor(block: Json, model: Claude): Json {
  if (!isJsonObject(block)) return block;
  const cleaned = withCacheControl(without(block, unsentOfBlocks), model);
  return block['type'] === 'tool_result' ? withContent(cleaned, model) : cleaned;
}

function without(value: JsonObject, names: readonly string[]): JsonObject {
  return names.some((name) => Object.hasOwn(value, name))
    ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
    : value;
}

function withCacheControl(value: JsonObject, model: Claude): JsonObject {
  const { cache_control, ...rest } = value;
  if (cache_control === undefined || cache_control === null) return rest;
  const control = cacheControlFor(cache_control, model);
  return control ? { ...rest, cache_control: control } : rest;
}

/** Bedrock has no `scope`. The model refuses values that do not belong to a cache. */
function cacheControlFor(control: Json, { cache }: Claude): Json | undefined {
  if (!isJsonObject(control)) return control;
  if (cache?.points === undefined) return undefined;
  const { ttls } = cache.points;
  const { scope: _, ttl, ...rest } = control;
  const isTaken = ttl !== undefined && ttl !== null && (ttl !== '1h' || ttls.includes(ttl));
  return isTaken ? { ...rest, ttl } : rest;
}

/** The whole request is cached at its last block. */
function withLastCached(messages: readonly Json[], control: Json | undefined): Json[] {
  const last = messages.at(-1);
  if (control === undefined || !isJsonObject(last)) return [...messages];
  const blocks = textBlocks(last['content']);
  const block = blocks.at(-1);
  if (!isJsonObject(block)) return [...messages];
  const cached = { ...block, cache_control: block['cache_control'] ?? control };
  return [...messages.slice(0, -1), { ...last, content: [...blocks.slice(0, -1), cached] }];
}

/** Fields for loading and streaming a tool, and for its allowed callers. */
const unsentOfTools = ['custom', 'defer_loading', 'allowed_callers', 'eager_input_streaming'];

function toolsFor(tools: Json | undefined, model: ChosenModel & { readonly definition: Claude }): JsonObject {
  if (!Array.isArray(tools)) return {};
  const isHeld = model.definition.structuredOutput === 'native';
  return {
    tools: tools.map((tool) => {
      if (!isJsonObject(tool)) return tool;
      const { type, strict, ...rest } = tool;
      if (strict === true && !isHeld) throw unsupportedStrict(model.alias);
      const kept = {
        ...rest,
        ...(type !== undefined && type !== null && { type }),
        ...(strict !== undefined && strict !== null && isHeld && { strict }),
      };
      return withCacheControl(without(kept, unsentOfTools), model.definition);
    }),
  };
}

function unsupportedStrict(alias: string): ProxyError {
  return new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} does not support strict tools. Leave strict out or choose another model.`,
    param: 'tools',
  });
}

function betasOfTools(tools: Json | undefined): string[] {
  const asked = Array.isArray(tools) ? tools : [];
  return (['eager_input_streaming', 'input_examples'] as const).flatMap((field) =>
    asked.some((tool) => Boolean(at(tool, field))) ? betaOfToolField[field] : [],
  );
}
