import { newToolUseId, usageOf } from './converse.ts';
import { readConverseStream } from './converse-request.ts';
import { traceOf } from './guardrail.ts';
import type { OperationCall, OperationReply, StreamEvent } from './operation.ts';
import { type AnswerBlock, signatureOf } from './simulated-model.ts';

/**
 * The ConverseStream operation.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function converseStream({ model, body, generate }: OperationCall): OperationReply {
  const { prompt, guardrail } = readConverseStream(model, body);
  const completion = generate(prompt, guardrail);
  return {
    completion,
    events: [
      event('messageStart', { role: 'assistant' }),
      ...completion.blocks.flatMap(contentBlock),
      event('messageStop', { stopReason: completion.stopReason }),
      event('metadata', {
        usage: usageOf(completion),
        metrics: { latencyMs: 1 },
        ...traceOf(guardrail, completion),
      }),
    ],
  };
}

/** A block begins with its first piece; only a tool's has a start of its own. */
function contentBlock(block: AnswerBlock, contentBlockIndex: number): StreamEvent[] {
  const index = { contentBlockIndex };
  const start =
    block.kind === 'tool'
      ? [{ start: { toolUse: { toolUseId: newToolUseId(), name: block.name } }, ...index }]
      : [];
  // The signature comes when all that it signs is said.
  const signature =
    block.kind === 'reasoning'
      ? [{ reasoningContent: { signature: signatureOf(block.deltas.join('')) } }]
      : [];
  return [
    ...start.map((payload) => event('contentBlockStart', payload)),
    ...block.deltas.map((piece) => ({
      type: 'contentBlockDelta',
      payload: { delta: deltaOf(block.kind, piece), ...index },
      isDelta: true,
    })),
    ...signature.map((delta) => event('contentBlockDelta', { delta, ...index })),
    event('contentBlockStop', index),
  ];
}

function deltaOf(kind: AnswerBlock['kind'], piece: string): object {
  switch (kind) {
    case 'text':
      return { text: piece };
    case 'tool':
      return { toolUse: { input: piece } };
    case 'reasoning':
      return { reasoningContent: { text: piece } };
    case 'redacted':
      return { reasoningContent: { redactedContent: piece } };
  }
}

function event(type: string, payload: object): StreamEvent {
  return { type, payload, isDelta: false };
}
