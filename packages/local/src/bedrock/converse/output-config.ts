import * as z from 'zod/mini';
import { invalid, refusedByModel } from '../exception.ts';
import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';
import { isJsonSchema, type JsonSchema } from '../schema/json-schema.ts';
import { unsupportedIn } from '../schema/output-schema.ts';

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html */
export const OutputConfig = z.strictObject({
  textFormat: z.strictObject({
    type: z.literal('json_schema'),
    structure: z.strictObject({
      jsonSchema: z.strictObject({
        /** JSON text. */
        schema: z.string(),
        name: z.optional(z.string()),
        description: z.optional(z.string()),
      }),
    }),
  }),
});
type OutputConfig = z.infer<typeof OutputConfig>;

/**
 * What the answer has to fit.
 *
 * @throws {BedrockException} Where the model does not take the field, or the schema is outside the supported subset.
 */
export function readOutput(config: OutputConfig | undefined, model: AdmittedModel): Prompt['output'] {
  if (!config) return undefined;
  if (!model.takesOutputSchema) {
    throw invalid("This model doesn't support the outputConfig field. Remove outputConfig and try again.");
  }
  const place = 'output_config.format.schema';
  const schema = parseSchema(config.textFormat.structure.jsonSchema.schema);
  if (!schema) throw refusedByModel(`${place}: must be a JSON object`);
  const problem = unsupportedIn(schema);
  if (problem) throw refusedByModel(`${place}: ${problem}`);
  return { schema, text: JSON.stringify(config) };
}

function parseSchema(text: string): JsonSchema | undefined {
  try {
    const schema: unknown = JSON.parse(text);
    return isJsonSchema(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}
