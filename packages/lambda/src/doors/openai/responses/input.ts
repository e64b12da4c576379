import * as z from 'zod/mini';
import type { Block, TextBlock, ToolResultBlock, Message as Turn } from '../../../call/call.ts';
import { isJsonObject, isObject, type Json, type JsonObject } from '../../../json.ts';
import { invalidField, ProxyError } from '../../../proxy-error.ts';
import { toolIdOf } from '../../bedrock-names.ts';
import { documentOf, documentRule, imageOf, imageRule } from '../data-urls.ts';
import { unpairedBlock } from '../paired-calls.ts';
import { toolInputFrom } from '../tool-arguments.ts';
import { unsealed } from './thoughts.ts';
import { customInput, offeredName, refuseHostedTools, type ToolName, ToolSchema } from './tools.ts';

/** A string that is read into something else. */
function read<Value>(reader: (text: string) => Value | undefined, rule: string) {
  return z.pipe(
    z.string(),
    z.transform((text: string, context) => {
      const value = reader(text);
      if (value !== undefined) return value;
      context.issues.push({ code: 'custom', input: '', message: rule });
      return z.NEVER;
    }),
  );
}

const InputText = z.object({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() });
const Refusal = z.object({ type: z.literal('refusal'), refusal: z.string() });
const InputImage = z.object({ type: z.literal('input_image'), image_url: read(imageOf, imageRule) });
const InputFile = z.object({ type: z.literal('input_file'), file_data: read(documentOf, documentRule) });

const parts = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [InputText, InputImage, InputFile])),
]);

const message = z.literal('message');

const Message = z.discriminatedUnion('role', [
  z.object({ type: message, role: z.literal('user'), content: parts }),
  z.object({
    type: message,
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [InputText, Refusal]))]),
  }),
  z.object({
    type: message,
    role: z.enum(['system', 'developer']),
    content: z.union([z.string(), z.array(InputText)]),
  }),
]);

const call = {
  call_id: z.string().check(z.regex(/\S/, 'must not be empty')),
  name: z.string(),
  namespace: z.nullish(z.string()),
};
const output = { call_id: call.call_id, output: parts };

/** An item that is not a message. */
const others = [
  z.object({ type: z.literal('function_call'), ...call, arguments: z.string() }),
  z.object({ type: z.literal('function_call_output'), ...output }),
  z.object({ type: z.literal('custom_tool_call'), ...call, input: z.string() }),
  z.object({ type: z.literal('custom_tool_call_output'), ...output }),
  z.object({ type: z.literal('reasoning'), encrypted_content: z.nullish(z.string()) }),
  z.object({ type: z.literal('additional_tools'), tools: z.array(ToolSchema) }),
] as const;

/** A message may leave out that it is one. */
const Item = z.pipe(
  z.transform((item: unknown) =>
    isObject(item) && 'role' in item && !('type' in item) ? { ...item, type: 'message' } : item,
  ),
  z.discriminatedUnion('type', [Message, ...others]),
);

export const InputSchema = z.union([z.string(), z.array(Item)]);

export type Input = z.infer<typeof InputSchema>;

const knownTypes: ReadonlySet<string> = new Set([
  'message',
  ...others.flatMap(({ shape }) => shape.type.def.values),
]);

/**
 * Refuses a reference to something that OpenAI stores or runs.
 *
 * @throws {ProxyError} `unsupported_feature` that names the item.
 */
export function refuseForeignItems(input: Json | undefined): void {
  if (!Array.isArray(input)) return;
  for (const [index, item] of input.entries()) {
    if (!isJsonObject(item)) continue;
    const { type: kind, tools } = item;
    const param = `input.${index}`;
    if (kind === 'additional_tools') refuseHostedTools(tools, `${param}.tools`);
    if (typeof kind !== 'string' || knownTypes.has(kind)) continue;
    throw new ProxyError({
      code: 'unsupported_feature',
      message:
        kind === 'item_reference'
          ? `This proxy stores no items, so ${param} refers to nothing. Send the whole item: set store to false, in the AI SDK by providerOptions.openai.store.`
          : `This proxy does not support items of the type ${kind.slice(0, 64)} in input. Leave them out.`,
      param,
    });
  }
}

/** Tools that are offered within the conversation. */
export function toolsWithin(input: Input): z.infer<typeof ToolSchema>[] {
  return typeof input === 'string'
    ? []
    : input.flatMap((item) => (item.type === 'additional_tools' ? item.tools : []));
}

interface Conversation {
  readonly messages: readonly Turn[];
  readonly system: readonly TextBlock[];
}

/**
 * A conversation in turns, each of one role, without empty content.
 *
 * @throws {ProxyError} `invalid_request` if no user speaks first and last, or a call and its output are not together.
 */
export function conversationOf(input: Input): Conversation {
  const system: TextBlock[] = [];
  const turns: { readonly role: Turn['role']; readonly blocks: Block[] }[] = [];
  /** The items that blocks came in. */
  const places = new Map<Block, number>();
  let documents = 0;
  const add = (role: Turn['role'], place: number, blocks: readonly Block[]) => {
    const last = turns.at(-1);
    if (blocks.length === 0) return;
    for (const block of blocks) places.set(block, place);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks: [...blocks] });
  };
  const partsOf = (content: z.infer<typeof parts>) =>
    typeof content === 'string'
      ? [{ type: 'text' as const, text: content }]
      : content.map((part) => {
          switch (part.type) {
            case 'input_image':
              return part.image_url;
            case 'input_file':
              documents += 1;
              return { ...part.file_data, name: `document-${documents}` };
            default:
              return { type: 'text' as const, text: part.text };
          }
        });
  const items: Exclude<Input, string> =
    typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  for (const [index, item] of items.entries()) {
    switch (item.type) {
      case 'message':
        if (item.role === 'user') add('user', index, partsOf(item.content).filter(says));
        else if (item.role === 'assistant') add('assistant', index, textsOf(item.content).filter(says));
        else system.push(...textsOf(item.content).filter(says));
        break;
      case 'function_call':
        add('assistant', index, [callBlock(item, toolInputFrom(item.arguments))]);
        break;
      case 'custom_tool_call':
        add('assistant', index, [callBlock(item, { [customInput]: item.input })]);
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        add('user', index, [resultBlock(item.call_id, partsOf(item.output))]);
        break;
      case 'reasoning': {
        const thoughts = item.encrypted_content == null ? undefined : unsealed(item.encrypted_content);
        if (thoughts) add('assistant', index, [thoughts]);
        break;
      }
      case 'additional_tools':
        break;
      default:
        item satisfies never;
    }
  }
  const [first] = turns;
  if (first?.role !== 'user') throw invalidField('input', 'must begin with a user message that is not empty');
  const last = turns.at(-1);
  if (last?.role !== 'user')
    throw invalidField('input', 'must end with a user message or the output of a tool');
  const messages = turns.map(({ role, blocks }) => ({ role, blocks: resultsFirst(blocks) }));
  const unpaired = unpairedBlock(messages);
  if (unpaired) throw invalidField(`input.${places.get(unpaired.block)}`, unpaired.message);
  return { system, messages };
}

type Said = Extract<z.infer<typeof Message>, { readonly role: 'assistant' }>['content'];

function textsOf(content: Said): TextBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => ({ type: 'text', text: part.type === 'refusal' ? part.refusal : part.text }));
}

/** Bedrock refuses a text without a word. */
function says(block: Block): boolean {
  return block.type !== 'text' || /\S/.test(block.text);
}

function callBlock(call: ToolName & { readonly call_id: string }, input: JsonObject): Block {
  return { type: 'tool_use', id: toolIdOf(call.call_id), name: offeredName(call), input };
}

function resultBlock(id: string, content: ToolResultBlock['content']): ToolResultBlock {
  return {
    type: 'tool_result',
    id: toolIdOf(id),
    content: content.filter((block) => block.type !== 'text' || block.text !== ''),
  };
}

/** Bedrock requires a turn's results before the user's other content. */
function resultsFirst(blocks: readonly Block[]): Block[] {
  const isResult = ({ type: kind }: Block) => kind === 'tool_result';
  return [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))];
}
