import { newToolUseId, usageOf } from './converse.ts';
import { readConverseStream } from './converse-request.ts';
import { traceOf } from './guardrail.ts';
import type { OperationCall, OperationReply, StreamEvent } from './operation.ts';
import type { Completion } from './simulated-model.ts';

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
      ...contentBlock(completion),
      event('messageStop', { stopReason: completion.stopReason }),
      event('metadata', {
        usage: usageOf(completion),
        metrics: { latencyMs: 1 },
        ...traceOf(guardrail, completion),
      }),
    ],
  };
}

/** A block of text begins with its first piece; only a tool's has a start of its own. */
function contentBlock({ deltas, tool }: Completion): StreamEvent[] {
  const index = { contentBlockIndex: 0 };
  const start =
    tool === undefined ? [] : [{ start: { toolUse: { toolUseId: newToolUseId(), name: tool } }, ...index }];
  return [
    ...start.map((payload) => event('contentBlockStart', payload)),
    ...deltas.map((piece) => ({
      type: 'contentBlockDelta',
      payload: { delta: tool === undefined ? { text: piece } : { toolUse: { input: piece } }, ...index },
      isDelta: true,
    })),
    event('contentBlockStop', index),
  ];
}

function event(type: string, payload: object): StreamEvent {
  return { type, payload, isDelta: false };
}
