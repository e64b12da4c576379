import {
  type BedrockRuntimeClient,
  type ContentBlock,
  ConverseCommand,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import type { Usage } from '@org/contract';
import type { ModelCall, ModelReply } from '../../call/call.ts';
import { malformedReply } from '../failure.ts';
import { converseRequest } from './request.ts';

/** Asks through Converse, which every current text model of Bedrock speaks. */
export async function converse(
  client: BedrockRuntimeClient,
  call: ModelCall,
  signal: AbortSignal,
): Promise<ModelReply> {
  const { output, stopReason, usage } = await client.send(new ConverseCommand(converseRequest(call)), {
    abortSignal: signal,
  });
  const content = output?.message?.content;
  if (!content) throw malformedReply();
  const text = content.map((block) => textOf(block, call)).join('');
  return replyOf(call, { text, stopReason, usage: usageOf(usage) });
}

/** The part of the answer that a block of content is. */
function textOf({ text, toolUse }: ContentBlock, { structured }: ModelCall): string {
  if (structured?.by !== 'tool') return text ?? '';
  return toolUse ? JSON.stringify(toolUse.input) : '';
}

/** A reply, of what Bedrock says at the end of an answer. */
export function replyOf(
  { structured }: ModelCall,
  reply: {
    readonly text: string;
    readonly stopReason: string | undefined;
    readonly usage: Usage | undefined;
  },
): ModelReply {
  const { text, stopReason, usage } = reply;
  if (stopReason === undefined || usage === undefined) throw malformedReply();
  // The tool was ours: to the caller, an answer by it is an answer like any other.
  const answered = structured?.by === 'tool' && stopReason === 'tool_use';
  return { text, stopReason: answered ? 'end_turn' : stopReason, usage };
}

/** What Bedrock says that a call took; `undefined` where it does not say. */
export function usageOf(usage: TokenUsage | undefined): Usage | undefined {
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
  return {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.totalTokens ?? usage.inputTokens + usage.outputTokens,
    cacheReadTokens: usage.cacheReadInputTokens,
    cacheWriteTokens: usage.cacheWriteInputTokens,
  } satisfies Required<Omit<Usage, 'costUsd'>>;
}
