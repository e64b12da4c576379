import type { AskRequest, CachePointBlock, Message, TextBlock, Tool, Turn } from '@org/contract';
import { checkList, checkOption, checkOptional, checkType, invalidOption } from './check-option.ts';
import { type Question, sentContent, sentMessages } from './content.ts';
import { field } from './duck-typing.ts';
import { type Body, type FileReader, withFiles } from './files.ts';
import type { AnyStreamOptions } from './options.ts';
import { outputSchemaOf } from './output-schema.ts';
import { withoutCallOptions } from './settings.ts';

/** The fields whose values are of one type. */
const types = {
  reasoning: 'string',
  cache: 'string',
  customer: 'string',
  serviceTier: 'string',
  temperature: 'number',
  topP: 'number',
  outputSchema: 'object',
} as const satisfies Record<
  Exclude<
    keyof AskRequest,
    'model' | 'question' | 'system' | 'history' | 'messages' | 'tools' | 'toolChoice' | 'stop' | 'maxTokens'
  >,
  string
>;

/**
 * The body of an ask. Throws `ConfigurationError` if a value cannot be sent as it is meant. An option that the client does
 * not know is sent, so that the proxy refuses a misspelled one by its name.
 */
export function askBody(model: string, question: Question, options: AnyStreamOptions): Body {
  const { schema, idleTimeoutMs, ...asked } = withoutCallOptions(options);
  const { history, messages, ...rest } = asked;
  checkType('model', model, 'string');
  const checked = { ...rest, model, ...sentOptions(asked), outputSchema: outputSchemaOf(options) };
  for (const [name, type] of Object.entries(types)) checkOptional(name, field(checked, name), type);
  return withFiles((read) => json({ ...checked, ...sentTurns(question, { history, messages }, read) }));
}

/** Those that are not sent as they are, or whose values can be of several types. */
function sentOptions({ maxTokens, stop, system, tools, toolChoice }: AnyStreamOptions) {
  checkOption(
    maxTokens === undefined || maxTokens === 'fit' || Number.isFinite(maxTokens),
    'maxTokens',
    "must be a number, or 'fit'",
  );
  checkOption(
    toolChoice === undefined ||
      typeof toolChoice === 'string' ||
      typeof field(toolChoice, 'name') === 'string',
    'toolChoice',
    'must be a string, or an object with the name of a tool',
  );
  return {
    stop: ifGiven(stop, (list) => checkList('stop', list, checkString)),
    system: ifGiven(system, sentSystem),
    tools: ifGiven(tools, (list) => checkList('tools', list, sentTool)),
  };
}

function ifGiven<Value, Sent>(value: Value | undefined, send: (value: Value) => Sent): Sent | undefined {
  return value === undefined ? undefined : send(value);
}

function checkString(path: string, text: string): string {
  checkType(path, text, 'string');
  return text;
}

function sentSystem(system: NonNullable<AnyStreamOptions['system']>): AskRequest['system'] {
  if (typeof system === 'string') {
    return system;
  }
  checkOption(Array.isArray(system), 'system', 'must be a string or an array of blocks');
  return checkList('system', system, (path, block): TextBlock | CachePointBlock => {
    checkType(path, block, 'object');
    return block;
  });
}

/** Without what only the client needs: how it is run. */
function sentTool(path: string, tool: Tool | CachePointBlock): Tool | CachePointBlock {
  checkType(path, tool, 'object');
  if ('type' in tool) {
    return tool;
  }
  const { name, description, inputSchema } = tool;
  checkType(`${path}.name`, name, 'string');
  checkType(`${path}.inputSchema`, inputSchema, 'object');
  return { name, description, inputSchema };
}

/** The conversation: a question that is text stays one, because not every proxy knows blocks. */
function sentTurns(
  question: Question,
  { history, messages }: Pick<AnyStreamOptions, 'history' | 'messages'>,
  read: FileReader,
): Pick<AskRequest, 'question' | 'history' | 'messages'> {
  const turns = ifGiven(history, sentHistory);
  const earlier = ifGiven(messages, (list) => sentMessages('messages', list, read));
  const asked = sentContent('question', question, read);
  if (typeof asked === 'string') {
    // The proxy refuses an empty list, which a conversation begins with.
    return { question: asked, history: turns, messages: earlier?.length === 0 ? undefined : earlier };
  }
  const last = { role: 'user', content: asked } as const;
  return earlier === undefined
    ? { messages: [...asMessages(turns), last], history: undefined }
    : { messages: [...earlier, last], history: turns };
}

/** Turns of text as they are sent. */
export function sentHistory(history: readonly Readonly<Turn>[]): Turn[] {
  return checkList('history', history, sentTurn);
}

function sentTurn(path: string, turn: Readonly<Turn>): Turn {
  checkType(path, turn, 'object');
  const { role, text } = turn;
  checkType(`${path}.role`, role, 'string');
  checkType(`${path}.text`, text, 'string');
  return { role, text };
}

/** Turns of text as messages. */
export function asMessages(history: readonly Turn[] = []): Message[] {
  return history.map(({ role, text }) => ({ role, content: text }));
}

function json(request: AskRequest): string {
  try {
    return JSON.stringify(request);
  } catch {
    const wrong = Object.entries(request).find(([, value]) => !isJson(value));
    throw invalidOption(wrong?.[0] ?? 'options', 'must be JSON');
  }
}

function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}
