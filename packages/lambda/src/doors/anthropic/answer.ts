import type { Reply, ReplyBlock, TokenUsage } from '../../call/reply.ts';
import { at, type JsonObject } from '../../json.ts';
import { askedModel } from '../door.ts';

/** Whether an answer has one call of a tool at the most. */
export function callsOneTool(body: JsonObject): boolean {
  return at(body, 'tool_choice', 'disable_parallel_tool_use') === true;
}

/** The fields of a message before its first block. */
export function messageFrame(requestId: string, body: JsonObject) {
  return { id: `msg_${requestId}`, type: 'message', role: 'assistant', model: askedModel(body) };
}

/** The blocks of an answer. Bedrock cannot keep other models than Claude from calling several tools at once. */
export function contentOf({ blocks }: Reply, body: JsonObject): object[] {
  const first = blocks.findIndex(({ type }) => type === 'tool_use');
  const kept = callsOneTool(body)
    ? blocks.filter(({ type }, index) => type !== 'tool_use' || index === first)
    : blocks;
  return kept.map(blockOf);
}

function blockOf(block: ReplyBlock): object {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text, citations: null };
    case 'tool_use':
      return block;
    case 'reasoning':
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' };
    case 'redacted_reasoning':
      return redactedBlock(block.bytes);
  }
}

export function redactedBlock(bytes: Uint8Array): object {
  return { type: 'redacted_thinking', data: Buffer.from(bytes).toString('base64') };
}

/** The stop reasons of Anthropic's API that differ from those of Converse. */
const stopReasons: ReadonlyMap<string, string> = new Map(
  Object.entries({
    end_turn: 'end_turn',
    tool_use: 'tool_use',
    max_tokens: 'max_tokens',
    stop_sequence: 'stop_sequence',
    model_context_window_exceeded: 'model_context_window_exceeded',
    guardrail_intervened: 'refusal',
    content_filtered: 'refusal',
  }),
);

/**
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html
 * @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 */
export function stopOf(stopReason: string, { stop_sequences }: JsonObject): object {
  const [only, ...others] = Array.isArray(stop_sequences) ? stop_sequences : [];
  // Converse does not say which string it was.
  const known = stopReason === 'stop_sequence' && others.length === 0 ? (only ?? null) : null;
  return { stop_reason: stopReasons.get(stopReason) ?? 'end_turn', stop_sequence: known };
}

/** Tokens of a cache are not among `input_tokens`, as in the middle. */
export function usageFields({
  inputTokens,
  outputTokens,
  cacheReadTokens = 0,
  cacheWriteTokens = 0,
  cacheWrite1hTokens = 0,
}: TokenUsage): object {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation_input_tokens: cacheWriteTokens + cacheWrite1hTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWriteTokens,
      ephemeral_1h_input_tokens: cacheWrite1hTokens,
    },
  };
}

/** Bedrock's additions to a message of Claude: counts and a guardrail, which the caller's SDK does not know. */
const isBedrocks = (name: string) => name.startsWith('amazon-bedrock-');

/** Claude's message, without Bedrock's additions. */
export function withoutBedrocks(event: JsonObject): JsonObject {
  for (const name in event) {
    if (isBedrocks(name)) {
      return Object.fromEntries(Object.entries(event).filter(([each]) => !isBedrocks(each)));
    }
  }
  return event;
}

/** A message of Claude's, under the name that the caller has for the model. */
export function passedOn(message: JsonObject, body: JsonObject): JsonObject {
  return { ...stoppedFor(withoutBedrocks(message)), model: askedModel(body) };
}

/** If a guardrail answered in place of Claude, the caller's SDK does not know its stop reason. */
export function stoppedFor(ending: JsonObject): JsonObject {
  return ending['stop_reason'] === 'guardrail_intervened' ? { ...ending, stop_reason: 'refusal' } : ending;
}
