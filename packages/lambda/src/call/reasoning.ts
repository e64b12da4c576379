import { leastReasoningTokens, type Reasoning, reasoningFields } from '@org/models';
import type { ChosenModel } from '../config.ts';
import type { JsonObject } from '../json.ts';
import { invalidField, ProxyError } from '../proxy-error.ts';
import type { Block, ChatCall, Message } from './call.ts';

type Thinking = Pick<ChatCall, 'reasoning' | 'temperature' | 'topP' | 'toolChoice' | 'outputSchema'>;

/**
 * Refuses a way of thinking that the model does not support.
 *
 * @throws {ProxyError} `unsupported_feature` for the effort, or for a feature that the model refuses while it thinks.
 */
export function refuseReasoning(call: Thinking, { alias, definition }: ChosenModel): void {
  if (definition.upstream !== 'converse') return;
  const { reasoning, structuredOutput } = definition;
  const asked = call.reasoning;
  if (reasoning === undefined) return;
  if (asked !== undefined && !reasoning.efforts.includes(asked)) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support the reasoning effort ${asked}. Choose one of: ${reasoning.efforts.join(', ')}.`,
      param: 'reasoning',
    });
  }
  if (!thinks(call, definition)) return;
  const { toolChoice } = call;
  const forced = {
    toolChoice: toolChoice === 'required' || typeof toolChoice === 'object',
    outputSchema: structuredOutput === 'tool' && call.outputSchema !== undefined,
    temperature: call.temperature !== undefined,
    topP: call.topP !== undefined,
  };
  const excluded = (['toolChoice', 'outputSchema', 'temperature', 'topP'] as const).find(
    (name) => forced[name] && reasoning.excludes.includes(exclusionOf[name]),
  );
  if (excluded === undefined) return;
  const remedy = reasoning.efforts.includes('off')
    ? `Leave ${excluded} out, or set reasoning to off.`
    : `Leave ${excluded} out.`;
  throw new ProxyError({
    code: 'unsupported_feature',
    message: `The model ${alias} does not support ${excluded === 'toolChoice' ? 'a forced tool call' : excluded} while it thinks. ${remedy}`,
    param: excluded,
  });
}

/** Whether the model thinks before it answers, asked to or not. */
export function thinks(
  { reasoning: asked }: Pick<ChatCall, 'reasoning'>,
  definition: ChosenModel['definition'],
): boolean {
  if (definition.upstream !== 'converse' || !definition.reasoning) return false;
  return (asked ?? definition.reasoning.default) !== 'off';
}

const exclusionOf = {
  toolChoice: 'forcedTools',
  outputSchema: 'forcedTools',
  temperature: 'temperature',
  topP: 'topP',
} as const satisfies Partial<Record<keyof Thinking, Reasoning['excludes'][number]>>;

/**
 * The fields that make a model think as hard as it is asked to.
 *
 * @throws {ProxyError} `invalid_request` if `maxTokens` leaves no room to think.
 */
export function thinkingFields(
  { reasoning: effort }: Pick<ChatCall, 'reasoning'>,
  { definition }: Pick<ChosenModel, 'definition'>,
  maxTokens: number,
): JsonObject | undefined {
  if (effort === undefined || definition.upstream !== 'converse' || !definition.reasoning) return undefined;
  const fields = reasoningFields(definition.reasoning, effort, maxTokens);
  if (fields) return { ...fields };
  throw invalidField(
    'maxTokens',
    `must be more than ${leastReasoningTokens}, because the model thinks within it`,
  );
}

/**
 * The messages without thoughts that the model does not take back. A signed thought goes back to a model that signs;
 * another model would answer it like a spoken text.
 */
export function thoughtsFor(
  messages: readonly Message[],
  { definition }: Pick<ChosenModel, 'definition'>,
): readonly Message[] {
  const signs = definition.upstream === 'converse' && definition.reasoning?.history === true;
  const isTaken = (block: Block) => {
    if (block.type === 'redacted_reasoning') return signs;
    return block.type !== 'reasoning' || (signs && block.signature !== undefined);
  };
  return messages
    .map(({ role, blocks }) => ({ role, blocks: blocks.filter(isTaken) }))
    .reduce<Message[]>(withoutGap, []);
}

/** Drops empty turns and joins their neighbours: Bedrock refuses empty messages, and two of one role in a row. */
function withoutGap(earlier: Message[], message: Message): Message[] {
  const last = earlier.at(-1);
  if (message.blocks.length === 0) return earlier;
  if (last?.role !== message.role) return [...earlier, message];
  return [...earlier.slice(0, -1), { ...last, blocks: [...last.blocks, ...message.blocks] }];
}
