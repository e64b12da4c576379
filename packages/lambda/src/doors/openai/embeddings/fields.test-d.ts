import type { EmbeddingCreateParams } from 'openai/resources/embeddings';
import { expectTypeOf, test } from 'vitest';
import type { embeddingFields } from './fields.ts';

test("every field of the SDK's request for embeddings is in the table", () => {
  expectTypeOf<Exclude<keyof EmbeddingCreateParams, keyof typeof embeddingFields>>().toBeNever();
});
