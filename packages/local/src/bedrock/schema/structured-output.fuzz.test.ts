import { structuredCall } from '@org/lambda/call/structured-output/structured-output';
import { ProxyError } from '@org/lambda/proxy-error';
import { runs } from '@org/lambda/testing/fuzz';
import { composedSchemas, modelBy } from '@org/lambda/testing/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonSchema } from './json-schema.ts';
import { unsupportedIn } from './output-schema.ts';
import { structuredAnswer } from './structured-answer.ts';

/** What the function holds a model to; `undefined` where it refuses the caller's schema. */
function heldTo(outputSchema: JsonSchema, way: 'native' | 'tool'): JsonSchema | undefined {
  try {
    return structuredCall({ outputSchema }, modelBy(way))?.schema;
  } catch (error) {
    if (error instanceof ProxyError) return undefined;
    throw error;
  }
}

test.each(['native', 'tool'] as const)(
  "what answers a composed schema fits it as its caller wrote it, by another library's check (%s)",
  (way) => {
    fc.assert(
      fc.property(composedSchemas(way), fc.string({ minLength: 1 }), (outputSchema, question) => {
        const schema = heldTo(outputSchema, way);
        // Bedrock cannot be told that an array is empty, other than in words.
        if (!schema || (way === 'native' && JSON.stringify(schema).includes('maxItems'))) return;
        if (way === 'native') expect(unsupportedIn(schema)).toBeUndefined();
        const check = new Ajv2020({ strict: false }).compile(outputSchema);
        check(structuredAnswer(schema, question));
        expect(check.errors).toBeNull();
      }),
      runs(500),
    );
  },
);
