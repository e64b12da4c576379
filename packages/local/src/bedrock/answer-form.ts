import * as z from 'zod/mini';
import { invalid } from './exception.ts';
import { isJsonSchema, type JsonSchema } from './json-schema.ts';
import type { AdmittedModel } from './model-access.ts';
import { unsupportedIn } from './output-schema.ts';
import type { AnswerForm } from './prompt.ts';
import type { ToolConfig } from './tool-config.ts';

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
export type OutputConfig = z.infer<typeof OutputConfig>;

interface FormRequest {
  readonly outputConfig?: OutputConfig | undefined;
  readonly toolConfig?: ToolConfig | undefined;
}

/**
 * The form in which the model has to answer. It calls a tool where it is made to, and never of its own accord.
 *
 * @throws {BedrockException} Where the model does not take the field, or the schema is outside the supported subset.
 */
export function answerForm({ outputConfig, toolConfig }: FormRequest, model: AdmittedModel): AnswerForm {
  const schema = outputConfig && outputSchema(outputConfig, model);
  const forced = toolConfig && forcedTool(toolConfig, model);
  return forced ?? (schema ? { kind: 'json', schema } : { kind: 'text' });
}

function outputSchema({ textFormat }: OutputConfig, model: AdmittedModel): JsonSchema {
  if (!model.takesOutputSchema) {
    throw invalid("This model doesn't support the outputConfig field. Remove outputConfig and try again.");
  }
  const place = 'output_config.format.schema';
  const schema = parseSchema(textFormat.structure.jsonSchema.schema);
  if (!schema) throw modelError(`${place}: must be a JSON object`);
  const problem = unsupportedIn(schema);
  if (problem) throw modelError(`${place}: ${problem}`);
  return schema;
}

function parseSchema(text: string): JsonSchema | undefined {
  try {
    const schema: unknown = JSON.parse(text);
    return isJsonSchema(schema) ? schema : undefined;
  } catch {
    return undefined;
  }
}

function forcedTool({ tools, toolChoice }: ToolConfig, model: AdmittedModel): AnswerForm | undefined {
  if (!model.takesTools) throw invalid("This model doesn't support tool use.");
  const offered = tools.flatMap((tool, index) => {
    if (!('toolSpec' in tool)) return [];
    const { name, inputSchema, strict } = tool.toolSpec;
    const schema = inputSchema.json;
    if (schema['type'] !== 'object') {
      throw invalid(
        `The value at toolConfig.tools.${index}.toolSpec.inputSchema.json.type must be one of the following: object.`,
      );
    }
    const problem = strict ? unsupportedIn(schema) : undefined;
    if (problem) throw modelError(`tools.${index}.custom: ${problem}`);
    return [{ kind: 'tool' as const, name, schema }];
  });
  if (!toolChoice || 'auto' in toolChoice) return undefined;
  if ('any' in toolChoice) return offered[0];
  const chosen = offered.find(({ name }) => name === toolChoice.tool.name);
  if (!chosen) throw modelError(`Tool '${toolChoice.tool.name}' not found in provided tools`);
  return chosen;
}

/** A refusal that comes from behind Bedrock's own checks. */
function modelError(problem: string): Error {
  return invalid(`The model returned the following errors: ${problem}`);
}
