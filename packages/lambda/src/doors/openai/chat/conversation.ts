import type { Block, ChatCall, Message, TextBlock, ToolResultBlock } from '../../../call/call.ts';
import { invalidField } from '../../../proxy-error.ts';
import { toolNameOf } from '../../bedrock-names.ts';
import { toolInputFrom } from '../tool-arguments.ts';
import type { ChatMessage, ChatPart } from './request.ts';
import { ToolIds } from './tool-ids.ts';

type Said<Role extends ChatMessage['role']> = Extract<ChatMessage, { readonly role: Role }>;

/**
 * A conversation as Converse takes it: instructions apart, user and assistant in turn, and all results of tools at the
 * beginning of the one user turn after their calls.
 *
 * @throws {ProxyError} `invalid_request` if it cannot be one: it does not begin or end with the user, a call of a tool
 *   has no result, a result no call, or a file no text beside it.
 */
export function conversationOf(
  messages: readonly ChatMessage[],
): Required<Pick<ChatCall, 'messages'>> & Pick<ChatCall, 'system'> {
  const system = messages.flatMap((message) => (isInstruction(message) ? textsIn(message.content) : []));
  const turns = inTurns(messages);
  if (turns[0]?.role !== 'user') {
    throw invalidField('messages', 'must have a user message first, after those of system and developer');
  }
  if (turns.at(-1)?.role !== 'user') {
    throw invalidField('messages', 'must end with a user message, or with the results of tools');
  }
  turns.forEach(({ blocks }, index) => {
    refuseUnanswered(turns[index - 1]?.blocks ?? [], blocks);
    if (blocks.some(isDocument) && !blocks.some(isText)) {
      throw invalidField('messages', 'must have a text beside each file');
    }
  });
  return { system: system.length > 0 ? system : undefined, messages: turns };
}

const isInstruction = (message: ChatMessage): message is Said<'system' | 'developer'> =>
  message.role === 'system' || message.role === 'developer';
const isText = ({ type }: Block) => type === 'text';
const isDocument = ({ type }: Block) => type === 'document';
const isResult = ({ type }: Block) => type === 'tool_result';

/** The parts of a message that depend on its place in the conversation. */
interface Context {
  readonly ids: ToolIds;
  /** A name that no other document of the request has, and that says nothing of it. */
  readonly nameDocument: () => string;
}

function inTurns(messages: readonly ChatMessage[]): readonly Message[] {
  let documents = 0;
  const context: Context = {
    ids: new ToolIds(),
    nameDocument: () => {
      documents += 1;
      return `document-${documents}`;
    },
  };
  const turns: { role: Message['role']; blocks: Block[] }[] = [];
  for (const message of messages) {
    if (isInstruction(message)) continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const blocks = blocksOf(message, context);
    // Bedrock refuses a message without content. One that says nothing changes nothing.
    if (blocks.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks: [...blocks] });
  }
  return turns.map(({ role, blocks }) => ({
    role,
    blocks: [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))],
  }));
}

function blocksOf(
  message: Exclude<ChatMessage, Said<'system' | 'developer'>>,
  context: Context,
): readonly Block[] {
  switch (message.role) {
    case 'user':
      return partsIn(message.content).flatMap((part) => userBlocks(part, context));
    case 'assistant':
      return assistantBlocks(message, context);
    case 'tool':
      return [resultOf(message, context)];
  }
}

function userBlocks(
  part: Exclude<ChatPart, { readonly type: 'refusal' }>,
  { nameDocument }: Context,
): Block[] {
  switch (part.type) {
    case 'text':
      return textOf(part.text);
    case 'image_url':
      return [part.image_url.url];
    case 'file':
      return [{ ...part.file.file_data, name: nameDocument() }];
  }
}

function assistantBlocks({ content, refusal, tool_calls }: Said<'assistant'>, { ids }: Context): Block[] {
  const said = partsIn(content ?? []).map((part) => (part.type === 'text' ? part.text : part.refusal));
  const calls = (tool_calls ?? []).map(
    ({ id, function: { name, arguments: input } }): Block => ({
      type: 'tool_use',
      id: ids.called(id),
      name: toolNameOf(name),
      input: toolInputFrom(input),
    }),
  );
  return [...[...said, refusal ?? ''].flatMap(textOf), ...calls];
}

function resultOf({ tool_call_id, content }: Said<'tool'>, { ids }: Context): ToolResultBlock {
  const id = ids.answered(tool_call_id);
  if (id === undefined) throw invalidField('messages', strayResult);
  return { type: 'tool_result', id, content: textsIn(content) };
}

const strayResult = 'must have a tool message only after the tool_calls that it answers';

function refuseUnanswered(before: readonly Block[], after: readonly Block[]): void {
  const called = before.flatMap((block) => (block.type === 'tool_use' ? block.id : []));
  const answered = after.flatMap((block) => (block.type === 'tool_result' ? block.id : []));
  if (called.some((id) => !answered.includes(id))) {
    throw invalidField(
      'messages',
      'must have a tool message for each of the tool_calls, before the assistant goes on',
    );
  }
  if (answered.some((id) => !called.includes(id)) || new Set(answered).size < answered.length) {
    throw invalidField('messages', strayResult);
  }
}

function partsIn<Part extends ChatPart>(
  content: string | readonly Part[],
): readonly (Part | Extract<ChatPart, { readonly type: 'text' }>)[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function textsIn(content: string | readonly Extract<ChatPart, { readonly type: 'text' }>[]): TextBlock[] {
  return partsIn(content).flatMap(({ text }) => textOf(text));
}

/** Bedrock refuses a text that says nothing. */
function textOf(text: string): TextBlock[] {
  return /\S/.test(text) ? [{ type: 'text', text }] : [];
}
