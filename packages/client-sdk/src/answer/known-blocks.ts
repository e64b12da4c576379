import { type AnswerBlock, AnswerBlockSchema, type StreamBlockDelta } from '@org/contract';
import * as z from 'zod/mini';

const blocks = {
  text: true,
  tool_use: true,
  reasoning: true,
  redacted_reasoning: true,
} satisfies Record<AnswerBlock['type'], true>;

const deltas = { input: true, reasoning: true } satisfies Record<StreamBlockDelta['delta']['type'], true>;

/** Whether a newer proxy has added this kind of block. */
export const isUnknownBlock = (type: string): boolean => !Object.hasOwn(blocks, type);

/** Whether a newer proxy has added this kind of piece of a block. */
export const isUnknownDelta = (type: string): boolean => !Object.hasOwn(deltas, type);

/** The blocks of an answer, without those of a kind that a newer proxy has added. */
export const ContentSchema = z.pipe(
  z.pipe(
    z.array(z.looseObject({ type: z.string() })),
    z.transform((content) => content.filter(({ type }) => !isUnknownBlock(type))),
  ),
  z.array(AnswerBlockSchema),
);
