import * as z from 'zod/mini';
import type {
  AnswerBlock,
  ReasoningBlock,
  RedactedReasoningBlock,
  TextBlock,
  ToolUseBlock,
} from './blocks.ts';
import type { Fields } from './fields.ts';

// Apart from the blocks of a request, which a bundle of the client then need not have. Tolerant: what a model writes is
// passed on, and fields that a newer proxy adds are dropped. Marked, so that a bundle without them can leave them out:
// esbuild does not look into zod.
export const AnswerBlockSchema = /* @__PURE__ */ z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() } satisfies Fields<TextBlock>),
  z.object({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.looseObject({}),
  } satisfies Fields<ToolUseBlock>),
  z.object({
    type: z.literal('reasoning'),
    text: z.string(),
    signature: z.optional(z.string()),
  } satisfies Fields<ReasoningBlock>),
  z.object({
    type: z.literal('redacted_reasoning'),
    data: z.string(),
  } satisfies Fields<RedactedReasoningBlock>),
]) satisfies z.ZodMiniType<AnswerBlock>;
