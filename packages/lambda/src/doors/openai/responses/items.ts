import type {
  ResponseCustomToolCall,
  ResponseFunctionToolCall,
  ResponseOutputMessage,
  ResponseReasoningItem,
} from 'openai/resources/responses/responses';
import type { ReasoningBlock, RedactedReasoningBlock } from '../../../call/call.ts';
import type { ReplyBlock } from '../../../call/reply.ts';
import { isJsonObject, type Json, parseJson } from '../../../json.ts';
import type { Manner } from './request.ts';
import { sealed } from './thoughts.ts';
import { customInput, type OfferedTool } from './tools.ts';

/** An item of a response, made from one block of an answer. */
export type Item =
  | ResponseOutputMessage
  | ResponseReasoningItem
  | ResponseFunctionToolCall
  | ResponseCustomToolCall;

/** The beginning of the id of each kind of item. */
const prefixes = { message: 'msg', reasoning: 'rs', function_call: 'fc', custom_tool_call: 'ctc' } as const;

/** @param index Of the item in its response. */
export function itemId(kind: Item['type'], requestId: string, index: number): string {
  return `${prefixes[kind]}_${requestId}_${index}`;
}

export function textPart(text: string): ResponseOutputMessage['content'][number] {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function messageItem(id: string, text: string): ResponseOutputMessage {
  return { id, type: 'message', status: 'completed', role: 'assistant', content: [textPart(text)] };
}

export function summaryPart(text: string): ResponseReasoningItem.Summary {
  return { type: 'summary_text', text };
}

export function reasoningItem(
  id: string,
  thoughts: ReasoningBlock | RedactedReasoningBlock,
  { sealing }: Pick<Manner, 'sealing'>,
): ResponseReasoningItem {
  const text = thoughts.type === 'reasoning' ? thoughts.text : '';
  return {
    id,
    type: 'reasoning',
    summary: text === '' ? [] : [summaryPart(text)],
    ...(sealing && { encrypted_content: sealed(thoughts) }),
  };
}

/** A call as the model makes it. */
export interface CalledTool {
  readonly id: string;
  readonly name: string;
}

/** @param offered The called tool; `undefined` if the model made up its name. */
export function functionCallItem(
  id: string,
  called: CalledTool,
  offered: OfferedTool | undefined,
  args: string,
): ResponseFunctionToolCall {
  return {
    id,
    type: 'function_call',
    status: 'completed',
    arguments: args === '' ? '{}' : args,
    ...calleeOf(called, offered),
  };
}

export function customCallItem(
  id: string,
  called: CalledTool,
  offered: OfferedTool | undefined,
  json: string,
): ResponseCustomToolCall & { readonly status: 'completed' } {
  return {
    id,
    type: 'custom_tool_call',
    status: 'completed',
    input: customInputOf(parseJson(json)),
    ...calleeOf(called, offered),
  };
}

function calleeOf({ id, name }: CalledTool, offered: OfferedTool | undefined) {
  return {
    call_id: id,
    name: offered?.name ?? name,
    ...(offered?.namespace == null ? {} : { namespace: offered.namespace }),
  };
}

/** Nothing holds a model to the one string that a custom tool takes. */
function customInputOf(input: Json | undefined): string {
  const text = isJsonObject(input) ? input[customInput] : undefined;
  return typeof text === 'string' ? text : JSON.stringify(input ?? {});
}

/** The items of a whole answer. */
export function itemsOf(blocks: readonly ReplyBlock[], requestId: string, manner: Manner): Item[] {
  const first = blocks.findIndex(({ type }) => type === 'tool_use');
  return blocks
    .filter(({ type }, index) => manner.parallel || type !== 'tool_use' || index === first)
    .map((block, index) => itemOf(block, (kind) => itemId(kind, requestId, index), manner));
}

function itemOf(block: ReplyBlock, id: (kind: Item['type']) => string, manner: Manner): Item {
  switch (block.type) {
    case 'text':
      return messageItem(id('message'), block.text);
    case 'reasoning':
    case 'redacted_reasoning':
      return reasoningItem(id('reasoning'), block, manner);
    case 'tool_use': {
      const offered = manner.tools.get(block.name);
      const json = JSON.stringify(block.input);
      return offered?.custom
        ? customCallItem(id('custom_tool_call'), block, offered, json)
        : functionCallItem(id('function_call'), block, offered, json);
    }
  }
}
