import { invalid } from '../exception.ts';
import type { ContentBlock } from './content.ts';

interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly ContentBlock[];
}

/**
 * What Converse checks of messages before a model sees them, in its words where they are known.
 *
 * @throws {BedrockException}
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
 */
export function checkMessages(messages: readonly Message[], hasTools: boolean): void {
  checkRoles(messages);
  for (const [index, { role, content }] of messages.entries()) {
    const place = `messages.${index}`;
    if (content.length === 0) {
      throw invalid(
        `The content field in the Message object at ${place} is empty. ` +
          'Add a ContentBlock object to the content field and try again.',
      );
    }
    for (const [at, block] of content.entries()) checkBlock(block, `${place}.content.${at}`);
    checkPlace(role, content, place);
    checkDocuments(content);
    checkCachePoints(content);
  }
  checkDocumentNames(messages);
  checkTools(messages, hasTools);
}

function checkRoles(messages: readonly Message[]): void {
  if (messages[0]?.role !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  if (messages.some(({ role }, index) => role === messages[index - 1]?.role)) {
    throw invalid(
      'A conversation must alternate between user and assistant roles. ' +
        'Make sure the conversation alternates between user and assistant roles and try again.',
    );
  }
  if (messages.at(-1)?.role !== 'user') {
    throw invalid(
      'The model that you are using requires the last turn in the conversation to be a user message. ' +
        'Add a user message to the conversation and try again.',
    );
  }
}

function checkBlock({ text, toolResult }: ContentBlock, place: string): void {
  if (text !== undefined && !/\S/.test(text)) {
    throw invalid(
      `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
    );
  }
  if (toolResult?.status === 'error' && toolResult.content.length === 0) {
    throw invalid(`The content field at ${place}.toolResult cannot be empty when status value is error.`);
  }
}

const onlyOf: Readonly<Record<Message['role'], readonly (keyof ContentBlock)[]>> = {
  user: ['image', 'document', 'video', 'audio', 'toolResult', 'guardContent', 'searchResult'],
  assistant: ['toolUse', 'reasoningContent', 'citationsContent'],
};

function checkPlace(role: Message['role'], content: readonly ContentBlock[], place: string): void {
  const misplaced = onlyOf[role === 'user' ? 'assistant' : 'user'].find((name) =>
    content.some((block) => name in block),
  );
  if (misplaced) throw invalid(`${place}: a message of the ${role} has no ${misplaced}.`);
}

const mostDocuments = 5;
const mostDocumentBytes = 4.5 * 1024 * 1024;

function checkDocuments(content: readonly ContentBlock[]): void {
  const documents = content.flatMap(({ document }) => document ?? []);
  if (documents.length === 0) return;
  if (documents.length > mostDocuments) {
    throw invalid(
      `You can't include more than ${mostDocuments} documents in a request. ` +
        'Reduce the number of documents and retry your request.',
    );
  }
  if (!content.some(({ text }) => text !== undefined)) {
    throw invalid('A text block must be included when using documents.');
  }
  for (const { name, source } of documents) {
    if (Buffer.byteLength(source.bytes, 'base64') > mostDocumentBytes) {
      throw invalid(
        'The maximum document size is 4.5 MB. Reduce the size of your document and retry your request.',
      );
    }
    if (!/^(?!.*\s\s)[a-zA-Z0-9\s()[\]-]+$/.test(name)) {
      throw invalid(
        'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, ' +
          "parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
      );
    }
  }
}

function checkDocumentNames(messages: readonly Message[]): void {
  const names = messages.flatMap(({ content }) => content.flatMap(({ document }) => document?.name ?? []));
  if (new Set(names).size < names.length) {
    throw invalid(
      "Messages can't contain duplicate document names. Rename the document and retry your request.",
    );
  }
}

function checkCachePoints(content: readonly ContentBlock[]): void {
  if (content.some(({ cachePoint }, index) => cachePoint && content[index - 1]?.reasoningContent)) {
    throw invalid(
      'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
    );
  }
}

/** All results of a turn come in the one message after it. */
function checkTools(messages: readonly Message[], hasTools: boolean): void {
  const usesTools = messages.some(({ content }) =>
    content.some(({ toolUse, toolResult }) => toolUse ?? toolResult),
  );
  if (usesTools && !hasTools) {
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  for (const [index, { content }] of messages.entries()) {
    const used = (messages[index - 1]?.content ?? []).flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
    const answered = content.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);
    if (answered.length > used.length) {
      throw invalid(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
    const missing = used.filter((id) => !answered.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`,
      );
    }
  }
}
