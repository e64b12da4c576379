import { expectTypeOf, test } from 'vitest';
import type { AskRequest } from './ask.ts';

test('a request needs a model and a question', () => {
  expectTypeOf<{ model: string; question: string }>().toExtend<AskRequest>();
  expectTypeOf<{ model: string }>().not.toExtend<AskRequest>();
});
