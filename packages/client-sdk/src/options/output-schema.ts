import type { JsonSchema, StandardJsonSchema, StandardSchema } from '../answer/standard-schema.ts';
import { checkOption, invalidOption } from './check-option.ts';
import { field, hasFields } from './duck-typing.ts';

interface Schemas {
  readonly schema?: StandardSchema | StandardJsonSchema | undefined;
  readonly outputSchema?: JsonSchema | undefined;
}

/** The JSON Schema to send; throws `ConfigurationError` where none is given and `schema` cannot say one. */
export function outputSchemaOf({ schema, outputSchema }: Schemas): JsonSchema | undefined {
  if (schema === undefined) {
    return outputSchema;
  }
  checkOption(
    hasFields(field(schema, '~standard'), { validate: 'function' }),
    'schema',
    'must be a Standard Schema, such as an object of zod 4',
  );
  if (outputSchema !== undefined) {
    return outputSchema;
  }
  checkOption(
    saysJsonSchema(schema),
    'schema',
    'cannot say itself as a JSON Schema. Pass outputSchema too, for example z.toJSONSchema(schema)',
  );
  try {
    // What the model writes is what the schema takes, which a transformation may turn into something else.
    return schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' });
  } catch (cause) {
    const rule = 'has a part that no JSON Schema can say. Change it, or pass outputSchema too';
    throw invalidOption('schema', rule, cause);
  }
}

function saysJsonSchema(schema: StandardSchema | StandardJsonSchema): schema is StandardJsonSchema {
  return hasFields(field(schema['~standard'], 'jsonSchema'), { input: 'function' });
}
