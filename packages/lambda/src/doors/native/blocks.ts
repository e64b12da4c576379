import type * as contract from '@org/contract';
import type {
  Block,
  DocumentBlock,
  ImageBlock,
  JsonBlock,
  Message,
  Tool,
  ToolResultBlock,
} from '../../call/call.ts';
import type { ReplyBlock } from '../../call/reply.ts';
import { isJson, jsonObject } from '../../json.ts';
import { toolIdOf, toolNameOf } from '../bedrock-names.ts';

export function messageOf({ role, content }: contract.Message): Message {
  return { role, blocks: typeof content === 'string' ? saidIn(content) : content.map(blockOf) };
}

/** Bedrock refuses a text that says nothing. */
function saidIn(text: string): contract.TextBlock[] {
  return /\S/.test(text) ? [textOf(text)] : [];
}

export function textOf(text: string): contract.TextBlock {
  return { type: 'text', text };
}

function blockOf(block: contract.Block): Block {
  switch (block.type) {
    case 'tool_use':
      return {
        ...block,
        id: toolIdOf(block.id),
        name: toolNameOf(block.name),
        input: jsonObject(block.input),
      };
    case 'tool_result':
      return {
        ...block,
        id: toolIdOf(block.id),
        content: typeof block.content === 'string' ? saidIn(block.content) : block.content.map(resultOf),
      };
    case 'redacted_reasoning':
      return { type: block.type, bytes: bytesOf(block.data) };
    case 'image':
      return imageOf(block);
    case 'document':
      return documentOf(block);
    case 'text':
    case 'reasoning':
    case 'cache_point':
      return block;
  }
}

type ResultBlock = Exclude<contract.ToolResultBlock['content'], string>[number];

function resultOf(block: ResultBlock): ToolResultBlock['content'][number] {
  switch (block.type) {
    case 'text':
      return block;
    case 'json':
      return jsonBlockOf(block);
    case 'image':
      return imageOf(block);
    case 'document':
      return documentOf(block);
  }
}

function jsonBlockOf({ type, json }: contract.JsonBlock): JsonBlock {
  if (!isJson(json)) throw new TypeError('Not JSON');
  return { type, json };
}

function imageOf({ data, ...rest }: contract.ImageBlock): ImageBlock {
  return { ...rest, bytes: bytesOf(data) };
}

function documentOf({ data, ...rest }: contract.DocumentBlock): DocumentBlock {
  return { ...rest, bytes: bytesOf(data) };
}

function bytesOf(data: string): Uint8Array {
  return Buffer.from(data, 'base64');
}

export function toolOf(tool: contract.Tool | contract.CachePointBlock): Tool | contract.CachePointBlock {
  return 'type' in tool ? tool : { ...tool, type: 'tool', inputSchema: jsonObject(tool.inputSchema) };
}

/** For an answer. Empty blocks are left out, because they could not be sent back. */
export function answerBlockOf(block: ReplyBlock): contract.AnswerBlock[] {
  switch (block.type) {
    case 'text':
      return /\S/.test(block.text) ? [block] : [];
    case 'redacted_reasoning':
      return block.bytes.length > 0
        ? [{ type: block.type, data: Buffer.from(block.bytes).toString('base64') }]
        : [];
    case 'tool_use':
    case 'reasoning':
      return [block];
  }
}
