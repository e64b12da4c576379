import { traceOf } from '../guardrail.ts';
import type { AnswerBlock } from '../model/answer.ts';
import type { OperationCall, OperationReply, StreamEvent } from '../operation.ts';
import { citationOf, newToolUseId, responseFieldsOf } from './answer.ts';
import { readConverseStream } from './request.ts';
import { usageOf } from './usage.ts';

/**
 * The ConverseStream operation.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function converseStream({ model, body, generate }: OperationCall): OperationReply {
  const { prompt, guardrail, responseFields, serviceTier } = readConverseStream(model, body);
  const completion = generate(prompt, guardrail);
  return {
    completion,
    events: [
      event('messageStart', { role: 'assistant' }),
      ...completion.blocks.flatMap(contentBlock),
      event('messageStop', {
        stopReason: completion.stopReason,
        ...responseFieldsOf(completion, responseFields),
      }),
      event('metadata', {
        usage: usageOf(completion),
        metrics: { latencyMs: 1 },
        ...(serviceTier && { serviceTier }),
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
  return [
    ...start.map((payload) => event('contentBlockStart', payload)),
    ...block.deltas.map((piece) => ({
      type: 'contentBlockDelta',
      payload: { delta: deltaOf(block.kind, piece), ...index },
      isDelta: true,
    })),
    ...lastDeltas(block).map((delta) => event('contentBlockDelta', { delta, ...index })),
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

/** What comes when all is said: the signature of it, or from where it is quoted. */
function lastDeltas(block: AnswerBlock): object[] {
  if (block.kind === 'reasoning' && block.signature !== undefined) {
    return [{ reasoningContent: { signature: block.signature } }];
  }
  const citations = (block.kind === 'text' && block.citations) || [];
  return citations.map((citation) => ({ citation: citationOf(citation) }));
}

function event(type: string, payload: object): StreamEvent {
  return { type, payload, isDelta: false };
}
