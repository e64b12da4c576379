import { expectTypeOf, test } from 'vitest';
import type * as z from 'zod/mini';
import type { BlockSchema } from './block-schemas.ts';
import type { Block } from './blocks.ts';

test('every block can be read', () => {
  expectTypeOf<z.output<typeof BlockSchema>['type']>().toEqualTypeOf<Block['type']>();
});
