import type { Answer } from './answer.ts';
import { ConfigurationError, OutputValidationError } from './errors.ts';
import { field } from './field.ts';
import type { JsonSchema, SchemaIssue, StandardJsonSchema, StandardSchema } from './standard-schema.ts';

interface Schemas {
  readonly schema?: StandardSchema | StandardJsonSchema | undefined;
  readonly outputSchema?: JsonSchema | undefined;
}

/** The JSON Schema to send; throws `ConfigurationError` where none is given and `schema` cannot say one. */
export function outputSchemaOf({ schema, outputSchema }: Schemas): JsonSchema | undefined {
  if (schema === undefined) {
    return outputSchema;
  }
  const standard = field(schema, '~standard');
  if (typeof field(standard, 'validate') !== 'function') {
    throw invalid('schema must be a Standard Schema, such as an object of zod 4.');
  }
  if (outputSchema !== undefined) {
    return outputSchema;
  }
  if (!saysJsonSchema(schema)) {
    throw invalid(
      'schema cannot say itself as a JSON Schema. Pass outputSchema too, for example z.toJSONSchema(schema).',
    );
  }
  try {
    // What the model writes is what the schema takes, which a transformation may turn into something else.
    return schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  } catch (cause) {
    throw invalid(
      'schema has a part that no JSON Schema can say. Change it, or pass outputSchema too.',
      cause,
    );
  }
}

/** The answer with its output as the schema returned it; throws `OutputValidationError` where it does not fit. */
export async function checkOutput(answer: Answer, schema: StandardSchema | undefined): Promise<Answer> {
  if (schema === undefined) {
    return answer;
  }
  const result = await schema['~standard'].validate(answer.output);
  if (result.issues === undefined) {
    return { ...answer, output: result.value };
  }
  const { requestId, attempts, stopReason } = answer;
  throw new OutputValidationError({
    message: "The model's answer does not fit the schema. It was charged; asking again may help.",
    requestId,
    attempts,
    stopReason,
    issues: result.issues.map(({ path, message }) => ({ path: pathText(path), message })),
  });
}

function saysJsonSchema(schema: StandardSchema | StandardJsonSchema): schema is StandardJsonSchema {
  return typeof field(field(schema['~standard'], 'jsonSchema'), 'input') === 'function';
}

function pathText(path: SchemaIssue['path']): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}

function invalid(message: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError({ field: 'schema', message, cause });
}
