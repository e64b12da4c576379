import { randomBytes } from 'node:crypto';
import { readConverse } from './converse-request.ts';
import { traceOf } from './guardrail.ts';
import type { OperationCall, OperationReply } from './operation.ts';
import { type AnswerBlock, type Completion, signatureOf } from './simulated-model.ts';

/**
 * The Converse operation.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function converse({ model, body, generate }: OperationCall): OperationReply {
  const { prompt, guardrail } = readConverse(model, body);
  const completion = generate(prompt, guardrail);
  return {
    completion,
    body: {
      output: { message: { role: 'assistant', content: completion.blocks.map(contentOf) } },
      stopReason: completion.stopReason,
      usage: usageOf(completion),
      metrics: { latencyMs: 1 },
      ...traceOf(guardrail, completion),
    },
  };
}

/** What is read from the cache or written to it is not part of `inputTokens`. */
export function usageOf(completion: Completion): object {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = completion;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens,
    ...(cacheReadTokens + cacheWriteTokens > 0 && {
      cacheReadInputTokens: cacheReadTokens,
      cacheWriteInputTokens: cacheWriteTokens,
    }),
  };
}

export function newToolUseId(): string {
  return `tooluse_${randomBytes(16).toString('base64url')}`;
}

function contentOf(block: AnswerBlock): object {
  const text = block.deltas.join('');
  switch (block.kind) {
    case 'text':
      return { text };
    case 'tool':
      return { toolUse: { toolUseId: newToolUseId(), name: block.name, input: toolInput(text) } };
    case 'reasoning':
      return { reasoningContent: { reasoningText: { text, signature: signatureOf(text) } } };
    case 'redacted':
      return { reasoningContent: { redactedContent: text } };
  }
}

/** Input that is not JSON, because it was cut or scripted so, cannot be said in Converse: nothing of it is left. */
function toolInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
