import type { Answer } from '../answer/answer.ts';
import type {
  JsonSchema,
  SchemaIssue,
  StandardJsonSchema,
  StandardSchema,
} from '../answer/standard-schema.ts';
import { OutputValidationError } from '../errors/errors.ts';
import { checkOption, invalidOption } from './check-option.ts';
import { field, hasFields } from './duck-typing.ts';

interface Schemas {
  readonly schema?: StandardSchema | StandardJsonSchema | undefined;
  readonly outputSchema?: JsonSchema | undefined;
}

/** The JSON Schema to send. Throws `ConfigurationError` if none is given and `schema` cannot be converted to one. */
export function outputSchemaOf({ schema, outputSchema }: Schemas): JsonSchema | undefined {
  if (schema === undefined) {
    return outputSchema;
  }
  checkOption(
    hasFields(field(schema, '~standard'), { validate: 'function' }),
    'schema',
    'must be a Standard Schema, such as a zod 4 object',
  );
  if (outputSchema !== undefined) {
    return outputSchema;
  }
  checkOption(
    hasJsonSchema(schema),
    'schema',
    'cannot be converted to JSON Schema. Pass outputSchema too, for example z.toJSONSchema(schema)',
  );
  const converted = convert(schema);
  checkOption(
    !('anyOf' in converted || 'oneOf' in converted),
    'schema',
    'must be of one object, and is a choice, such as a union. Wrap it in an object, such as z.object({ result: schema })',
  );
  return converted;
}

function convert(schema: StandardJsonSchema): JsonSchema {
  try {
    // The model writes the input of the schema, which a transformation may turn into something else.
    return schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  } catch (cause) {
    const rule = 'has a part that cannot be converted to JSON Schema. Change it, or pass outputSchema too';
    throw invalidOption('schema', rule, cause);
  }
}

/** The answer with its output as the schema returned it. Throws `OutputValidationError` if it does not fit. */
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

function hasJsonSchema(schema: StandardSchema | StandardJsonSchema): schema is StandardJsonSchema {
  return hasFields(field(schema['~standard'], 'jsonSchema'), { input: 'function' });
}

function pathText(path: SchemaIssue['path']): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}
