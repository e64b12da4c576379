import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import { expectTypeOf, test } from 'vitest';
import type { chatFields } from './fields.ts';

type FieldOf<Params> = Params extends unknown ? keyof Params : never;

test("every field of the SDK's request for a chat completion is in the table", () => {
  expectTypeOf<Exclude<FieldOf<ChatCompletionCreateParams>, keyof typeof chatFields>>().toBeNever();
});
