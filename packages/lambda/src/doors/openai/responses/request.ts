import type { ServiceTier } from '@org/models';
import type { ResponseIncludable } from 'openai/resources/responses/responses';
import * as z from 'zod/mini';
import type { Asked, ChatCall } from '../../../call/call.ts';
import { longAnswerTokens } from '../../../call/max-tokens.ts';
import { isJsonObject, type JsonObject } from '../../../json.ts';
import { invalidField, ProxyError } from '../../../proxy-error.ts';
import { type HeededField, heededFields } from '../../field-table.ts';
import { readFields } from '../../fields.ts';
import { customerFields, customerOf } from '../customer.ts';
import { responsesFields } from './fields.ts';
import { conversationOf, InputSchema, refuseForeignItems, toolsWithin } from './input.ts';
import {
  chosenTools,
  type OfferedTool,
  offeredTools,
  refuseHostedTools,
  ToolChoiceSchema,
  ToolSchema,
} from './tools.ts';

const text = z.string().check(z.regex(/\S/, 'must not be empty'));
const fraction = z.number().check(z.minimum(0, 'must be at least 0'), z.maximum(1, 'must be at most 1'));

const TextFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) }),
]);

const sealedThoughts = 'reasoning.encrypted_content';
const probabilities = 'message.output_text.logprobs';

const includable = [
  sealedThoughts,
  probabilities,
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
] as const satisfies readonly ResponseIncludable[];

const RequestSchema = z.object({
  model: text,
  input: InputSchema,
  instructions: z.optional(z.string()),
  tools: z.optional(z.array(ToolSchema)),
  tool_choice: z.optional(ToolChoiceSchema),
  parallel_tool_calls: z.optional(z.boolean()),
  max_output_tokens: z.optional(z.int().check(z.minimum(1, 'must be at least 1'))),
  temperature: z.optional(fraction),
  top_p: z.optional(fraction),
  reasoning: z.optional(
    z.object({
      effort: z.nullish(z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])),
      mode: z.nullish(z.enum(['standard'])),
    }),
  ),
  text: z.optional(z.object({ format: z.nullish(TextFormat) })),
  include: z.optional(z.array(z.enum(includable))),
  service_tier: z.optional(z.enum(['auto', 'default', 'flex', 'priority', 'fast'])),
  stream: z.optional(z.boolean()),
  ...customerFields,
} satisfies Record<HeededField<typeof responsesFields>, z.ZodMiniType>);

type ResponseRequest = z.infer<typeof RequestSchema>;

/**
 * Reads a request for a response.
 *
 * @throws {ProxyError} `invalid_request` with its issues, or `unsupported_feature` for what relies on OpenAI's own
 *   store, tools or models.
 */
export function readRequest(body: JsonObject): Asked {
  const heeded = heededFields(responsesFields, body);
  refuseHostedTools(heeded['tools'], 'tools');
  refuseForeignItems(heeded['input']);
  const request = readFields(RequestSchema, heeded);
  refuseProbabilities(request);
  return {
    alias: request.model,
    call: callOf(request),
    customer: customerOf(request),
    whole: request.stream !== true,
  };
}

function callOf(request: ResponseRequest): ChatCall {
  const { input, instructions = '', reasoning, service_tier: tier } = request;
  const { messages, system } = conversationOf(input);
  const first = /\S/.test(instructions) ? [{ type: 'text' as const, text: instructions }] : [];
  const effort = reasoning?.effort;
  const wholeSystem = [...first, ...system];
  return {
    kind: 'chat',
    messages,
    system: wholeSystem.length > 0 ? wholeSystem : undefined,
    ...toolsOf(request),
    reasoning: effort === 'none' ? 'off' : (effort ?? undefined),
    serviceTier: tierOf(tier),
    maxTokens: request.max_output_tokens,
    usualMaxTokens: longAnswerTokens,
    temperature: request.temperature,
    // Clients send it unasked, and newer Claude takes no other sampling beside it.
    topP: request.top_p === 1 ? undefined : request.top_p,
    outputSchema: schemaOf(request),
  };
}

function tierOf(tier: ResponseRequest['service_tier']): ServiceTier | undefined {
  switch (tier) {
    case 'flex':
      return tier;
    case 'priority':
    case 'fast':
      return 'priority';
    case 'auto':
    case 'default':
    case undefined:
      return undefined;
  }
}

function toolsOf(request: ResponseRequest): Pick<ChatCall, 'tools' | 'toolChoice'> {
  const { tools = [], input, tool_choice: choice } = request;
  const own = offeredTools(tools);
  const offered = byName([...own, ...offeredTools(toolsWithin(input))]);
  if (byName(own).size < own.length) throw invalidField('tools', 'must have different names');
  const chosen = chosenTools([...offered.values()], choice);
  const { toolChoice } = chosen;
  if (typeof toolChoice === 'object' && !offered.has(toolChoice.name)) {
    throw invalidField('tool_choice', 'must name one of the tools');
  }
  if (toolChoice === 'required' && !chosen.tools) throw invalidField('tool_choice', 'needs tools');
  return chosen;
}

/** Tools by the names that the model knows them by. One that a conversation brings later replaces an earlier one. */
function byName(offered: readonly OfferedTool[]): ReadonlyMap<string, OfferedTool> {
  return new Map(offered.map((each) => [each.tool.name, each]));
}

function schemaOf({ text: said }: ResponseRequest): ChatCall['outputSchema'] {
  const format = said?.format;
  if (format?.type === 'json_object') {
    throw new ProxyError({
      code: 'unsupported_feature',
      message:
        'This proxy does not support json_object, which has no schema that an answer could be held to. Use json_schema.',
      param: 'text.format',
    });
  }
  return format?.type === 'json_schema' ? format.schema : undefined;
}

/** The other things that may be included are of tools that OpenAI runs: there are none. */
function refuseProbabilities({ include = [] }: ResponseRequest): void {
  if (!include.includes(probabilities)) return;
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `This proxy does not support ${probabilities}. Leave it out. Bedrock returns no token probabilities.`,
    param: 'include',
  });
}

/** A request's settings for its answer. */
export interface Manner {
  /** The tools, by the names that the model knows them by. */
  readonly tools: ReadonlyMap<string, OfferedTool>;
  /** Whether more than one call is passed on. */
  readonly parallel: boolean;
  /** Whether thoughts are given out sealed, so that they can come back. */
  readonly sealing: boolean;
}

const MannerSchema = z.pick(RequestSchema, { tools: true, parallel_tool_calls: true, include: true });
const AdditionalTools = z.object({ type: z.literal('additional_tools'), tools: z.array(ToolSchema) });

/** @param body Of a request that was read. */
export function mannerOf(body: JsonObject): Manner {
  const { tools = [], include = [], ...rest } = readFields(MannerSchema, heededFields(responsesFields, body));
  const input = body['input'];
  const items = Array.isArray(input) ? input.filter(isJsonObject) : [];
  const within = items.filter(({ type }) => type === 'additional_tools');
  const all = [...tools, ...within.flatMap((item) => readFields(AdditionalTools, item).tools)];
  return {
    tools: byName(offeredTools(all)),
    parallel: rest.parallel_tool_calls ?? true,
    sealing: include.includes(sealedThoughts),
  };
}
