import type { ChatCall, Message } from '../../call/call.ts';
import type { ChosenModel } from '../../config.ts';
import type { JsonObject } from '../../json.ts';
import { invalidField, ProxyError } from '../../proxy-error.ts';
import { readFields } from '../fields.ts';
import { BlockWriter } from './block-writer.ts';
import { effortOf } from './conversation-effort.ts';
import { type AnyBlock, ConversationFields } from './conversation-fields.ts';

/**
 * A request in the format of Anthropic's API, for another maker's model.
 *
 * @throws {ProxyError} `invalid_request` with its issues, or `unsupported_feature`.
 */
export function conversationOf(fields: JsonObject, model: ChosenModel): ChatCall {
  const { stream: _, ...read } = fields;
  const request = readFields(ConversationFields, read);
  const { max_tokens, messages, system, tools, tool_choice, stop_sequences, temperature, top_p } = request;
  refuseUntranslatable(request, model);
  const writer = new BlockWriter(model);
  const between = messages.flatMap((message) => (message.role === 'system' ? [message.content] : []));
  const front = [...(system === undefined ? [] : [system]), ...between].flatMap((each) =>
    writer.system(each),
  );
  const turns = messages.flatMap((message) =>
    message.role === 'system' ? [] : [{ role: message.role, blocks: writer.message(message.content) }],
  );
  const offered = tools?.flatMap((tool) => writer.tool(tool)) ?? [];
  const schema = request.output_config?.format?.schema ?? request.output_format?.schema;
  const call: ChatCall = {
    kind: 'chat',
    messages: inTurns(turns),
    system: front.length > 0 ? front : undefined,
    tools: offered.length > 0 ? offered : undefined,
    toolChoice: choiceOf(tool_choice),
    reasoning: effortOf(request, model),
    maxTokens: max_tokens,
    temperature,
    topP: top_p,
    stop: stop_sequences && stop_sequences.length > 0 ? stop_sequences : undefined,
    outputSchema: schema,
  };
  return request.cache_control ? { ...call, ...writer.cache(request.cache_control) } : call;
}

function refuseUntranslatable(
  { top_k, tools = [], messages }: ConversationFields,
  { alias }: ChosenModel,
): void {
  const quoted = messages.some(
    ({ content }) => typeof content !== 'string' && content.some((block) => isQuoted(block)),
  );
  const refused = [
    ...(top_k === undefined ? [] : [{ name: 'top_k', param: 'top_k' }]),
    ...(tools.some(({ strict }) => strict) ? [{ name: 'strict tools', param: 'tools' }] : []),
    ...(quoted ? [{ name: 'citations', param: 'messages' }] : []),
  ];
  const [first] = refused;
  if (!first) return;
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} does not support ${first.name} through this API. Leave it out or choose a model of Claude.`,
    param: first.param,
  });
}

function isQuoted(block: AnyBlock): boolean {
  if (block.type === 'tool_result') {
    return Array.isArray(block.content) && block.content.some(isQuoted);
  }
  return 'citations' in block && block.citations?.enabled === true;
}

/** Converse wants turns in turn: those of one role in a row are one, as on Anthropic's API. */
function inTurns(turns: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const turn of turns) {
    // An answer that says nothing, sent back as it came.
    if (turn.role === 'assistant' && turn.blocks.length === 0) continue;
    const before = joined.at(-1)?.role === turn.role ? joined.pop() : undefined;
    joined.push({ ...turn, blocks: [...(before?.blocks ?? []), ...turn.blocks] });
  }
  const empty = joined.findIndex(({ blocks }) => blocks.length === 0);
  if (empty >= 0) throw invalidField('messages', 'must not be empty');
  if (joined[0]?.role !== 'user') throw invalidField('messages', 'must begin with a user turn');
  if (joined.at(-1)?.role !== 'user') {
    throw invalidField('messages', 'must end with a user turn: this model cannot continue an answer');
  }
  return joined;
}

function choiceOf(choice: ConversationFields['tool_choice']): ChatCall['toolChoice'] {
  switch (choice?.type) {
    case 'auto':
    case 'none':
      return choice.type;
    case 'any':
      return 'required';
    case 'tool':
      return { name: choice.name };
    case undefined:
      return undefined;
  }
}
