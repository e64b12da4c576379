import { randomBytes } from 'node:crypto';
import { readConverse } from './converse-request.ts';
import { traceOf } from './guardrail.ts';
import type { OperationCall, OperationReply } from './operation.ts';
import type { Completion } from './simulated-model.ts';

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
      output: { message: { role: 'assistant', content: [contentOf(completion)] } },
      stopReason: completion.stopReason,
      usage: usageOf(completion),
      metrics: { latencyMs: 1 },
      ...traceOf(guardrail, completion),
    },
  };
}

export function usageOf({ inputTokens, outputTokens }: Completion): object {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

export function newToolUseId(): string {
  return `tooluse_${randomBytes(16).toString('base64url')}`;
}

function contentOf({ deltas, tool }: Completion): object {
  const text = deltas.join('');
  return tool === undefined
    ? { text }
    : { toolUse: { toolUseId: newToolUseId(), name: tool, input: toolInput(text) } };
}

/** Input that is no JSON, because it was cut or scripted so, cannot be said in Converse: nothing of it is left. */
function toolInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
