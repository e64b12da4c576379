import * as z from 'zod/mini';
import type { Fields } from './fields.ts';
import type { AskRequest, Turn } from './types.ts';

// Bedrock refuses strings of white space alone, so they are refused here, where the field can be named.
const text = z.string().check(z.regex(/\S/, 'must not be empty'));
const fraction = z.number().check(z.minimum(0, 'must be at least 0'), z.maximum(1, 'must be at most 1'));

const turn = z.strictObject({ role: z.enum(['user', 'assistant']), text } satisfies Fields<Turn>);

const history = z.array(turn).check(
  z.refine(
    (turns) => turns.every(({ role }, index) => role === (index % 2 === 0 ? 'user' : 'assistant')),
    'must be user and assistant turns in turn, starting with user',
  ),
  z.refine(
    (turns) => turns.at(-1)?.role !== 'user',
    'must end with an assistant turn: the question is the next user turn',
  ),
);

/** Keywords that can make a schema one of an object without a `type`. Whether they do is found out where it is read. */
const composing = ['$ref', 'allOf', 'anyOf', 'oneOf'];

const outputSchema = z
  .record(z.string(), z.unknown())
  .check(
    z.refine(
      ({ type, ...schema }) =>
        type === 'object' || (type === undefined && composing.some((keyword) => keyword in schema)),
      "must be a JSON Schema of an object: with type 'object', or a $ref or an allOf that leads to one",
    ),
  );

/** Reads the body of an ask. Strict: an unknown field is an error that names it. */
export const AskRequestSchema = z.strictObject({
  model: text,
  question: text,
  system: z.optional(text),
  history: z.optional(history),
  maxTokens: z.optional(z.int().check(z.minimum(1, 'must be at least 1'))),
  temperature: z.optional(fraction),
  topP: z.optional(fraction),
  stop: z.optional(
    z
      .array(z.string().check(z.minLength(1, 'must not be empty')))
      .check(z.maxLength(4, 'must have at most 4 strings')),
  ),
  outputSchema: z.optional(outputSchema),
} satisfies Fields<AskRequest>);

const takenByEveryModel: ReadonlySet<string> = new Set<keyof AskRequest>(['model', 'question', 'maxTokens']);

/** Every {@link AskCapability}. */
export const askCapabilities: readonly string[] = [
  ...Object.keys(AskRequestSchema.shape).filter((name) => !takenByEveryModel.has(name)),
  'temperatureWithTopP',
  'stream',
];
