import { type AnswerBlock, AnswerBlockSchema, type StreamBlockDelta } from '@org/contract';
import * as z from 'zod/mini';
import { textField } from '../options/duck-typing.ts';

const blocks = {
  text: true,
  tool_use: true,
  reasoning: true,
  redacted_reasoning: true,
} satisfies Record<AnswerBlock['type'], true>;

const deltas = { input: true, reasoning: true } satisfies Record<StreamBlockDelta['delta']['type'], true>;

/** Whether a block is of a kind that a newer proxy has added. */
export function isUnknownBlock(block: unknown): boolean {
  return isUnknown(block, blocks);
}

/** Whether a piece of a block is. */
export function isUnknownDelta(delta: unknown): boolean {
  return isUnknown(delta, deltas);
}

function isUnknown(value: unknown, kinds: object): boolean {
  const type = textField(value, 'type');
  return type !== undefined && !Object.hasOwn(kinds, type);
}

/** The blocks of an answer, without those of a kind that a newer proxy has added. */
export const ContentSchema = z.pipe(
  z.pipe(
    z.array(z.unknown()),
    z.transform((content) => content.filter((block) => !isUnknownBlock(block))),
  ),
  z.array(AnswerBlockSchema),
);
