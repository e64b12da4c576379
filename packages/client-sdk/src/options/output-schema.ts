import type { Answer } from '../answer/answer.ts';
import type { JsonSchema, StandardJsonSchema, StandardSchema } from '../answer/standard-schema.ts';
import { OutputValidationError } from '../errors/errors.ts';
import { checkWith, jsonSchemaOf } from './json-schema.ts';

interface Schemas {
  readonly schema?: StandardSchema | StandardJsonSchema | undefined;
  readonly outputSchema?: JsonSchema | undefined;
}

const names = { schema: 'schema', jsonSchema: 'outputSchema' };

/** The JSON Schema to send. Throws `ConfigurationError` if none is given and `schema` cannot be converted to one. */
export function outputSchemaOf({ schema, outputSchema }: Schemas): JsonSchema | undefined {
  return schema === undefined ? outputSchema : jsonSchemaOf(schema, outputSchema, names);
}

/** The answer with its output as the schema returned it. Throws `OutputValidationError` if it does not fit. */
export async function checkOutput(answer: Answer, schema: StandardSchema | undefined): Promise<Answer> {
  if (schema === undefined) {
    return answer;
  }
  const result = await checkWith(schema, answer.output);
  if (result.issues === undefined) {
    return { ...answer, output: result.value };
  }
  const { requestId, attempts, stopReason } = answer;
  throw new OutputValidationError({
    message:
      "The model's answer does not fit the schema (see issues). It was charged; asking again may help.",
    requestId,
    attempts,
    stopReason,
    issues: result.issues,
  });
}
