import type { ResponseCreateParamsBase } from 'openai/resources/responses/responses';
import { expectTypeOf, test } from 'vitest';
import type { FieldTable } from '../../field-table.ts';
import type { responsesFields } from './fields.ts';

test("the table has every field of the SDK's own request", () => {
  expectTypeOf<typeof responsesFields>().toExtend<FieldTable<keyof ResponseCreateParamsBase>>();
});
