import type { RequestIssue } from '@org/contract';
import type {
  JsonSchema,
  SchemaIssue,
  StandardJsonSchema,
  StandardSchema,
} from '../answer/standard-schema.ts';
import { checkOption, invalidOption } from './check-option.ts';
import { field, hasFields } from './duck-typing.ts';

/** The options that a schema and its JSON Schema are given by. */
export interface SchemaNames {
  readonly schema: string;
  readonly jsonSchema: string;
}

/** The JSON Schema to send for a schema. Throws `ConfigurationError` if none is given and it cannot be converted to one. */
export function jsonSchemaOf(
  schema: StandardSchema | StandardJsonSchema,
  given: JsonSchema | undefined,
  names: SchemaNames,
): JsonSchema {
  checkOption(
    hasFields(field(schema, '~standard'), { validate: 'function' }),
    names.schema,
    'must be a Standard Schema, such as a zod 4 object',
  );
  if (given !== undefined) {
    return given;
  }
  checkOption(
    hasJsonSchema(schema),
    names.schema,
    `cannot be converted to JSON Schema. Pass ${names.jsonSchema} too, for example z.toJSONSchema(schema)`,
  );
  const converted = convert(schema, names);
  checkOption(
    !('anyOf' in converted || 'oneOf' in converted),
    names.schema,
    'must describe one object, not a choice such as a union. Wrap it in an object, such as z.object({ result: schema })',
  );
  return converted;
}

function convert(schema: StandardJsonSchema, names: SchemaNames): JsonSchema {
  try {
    // The model writes the input of the schema, which a transformation may turn into something else.
    return schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  } catch (cause) {
    const rule = `has a part that cannot be converted to JSON Schema. Change it, or pass ${names.jsonSchema} too`;
    throw invalidOption(names.schema, rule, cause);
  }
}

/** What a schema makes of a value, or every fault that it finds. */
export async function checkWith<Output>(
  schema: StandardSchema<Output>,
  value: unknown,
): Promise<
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly RequestIssue[] }
> {
  const result = await schema['~standard'].validate(value);
  return result.issues === undefined
    ? result
    : { issues: result.issues.map(({ path, message }) => ({ path: pathText(path), message })) };
}

function hasJsonSchema(schema: StandardSchema | StandardJsonSchema): schema is StandardJsonSchema {
  return hasFields(field(schema['~standard'], 'jsonSchema'), { input: 'function' });
}

function pathText(path: SchemaIssue['path']): string {
  return (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}
