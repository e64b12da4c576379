import * as z from 'zod/mini';
import { invalid, refusedByModel } from '../exception.ts';
import type { Prompt } from '../model/prompt.ts';
import type { AdmittedModel } from '../model-access.ts';
import { unsupportedIn } from '../schema/output-schema.ts';
import { CachePoint, only, toolName } from './content.ts';

const nothing = z.strictObject({});

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
export const ToolConfig = z.strictObject({
  tools: z
    .array(
      z
        .strictObject({
          toolSpec: z.optional(
            z.strictObject({
              name: toolName,
              description: z.optional(z.string().check(z.minLength(1))),
              inputSchema: z.strictObject({ json: z.record(z.string(), z.unknown()) }),
              strict: z.optional(z.boolean()),
            }),
          ),
          cachePoint: z.optional(CachePoint),
        })
        .check(only()),
    )
    .check(z.minLength(1)),
  toolChoice: z.optional(
    z
      .strictObject({
        auto: z.optional(nothing),
        any: z.optional(nothing),
        tool: z.optional(z.strictObject({ name: toolName })),
      })
      .check(only()),
  ),
});
export type ToolConfig = z.infer<typeof ToolConfig>;

/**
 * The tools that a model is offered, and how free it is to call them.
 *
 * @throws {BedrockException} Where the model takes none, or one of them is not as it has to be.
 */
export function readTools(
  config: ToolConfig | undefined,
  model: AdmittedModel,
): Pick<Prompt, 'tools' | 'toolChoice'> {
  if (!config) return { tools: [], toolChoice: 'auto' };
  if (model.toolChoices.length === 0) throw invalid("This model doesn't support tool use.");
  const { tools, toolChoice: choice = { auto: {} } } = config;
  checkChoice(choice, model);
  for (const [index, { toolSpec }] of tools.entries()) if (toolSpec) checkTool(toolSpec, index, config);
  return {
    tools: tools.map(({ toolSpec, cachePoint }) =>
      toolSpec
        ? {
            type: 'tool',
            name: toolSpec.name,
            schema: toolSpec.inputSchema.json,
            text: JSON.stringify(toolSpec),
          }
        : { type: 'cache_point', ttl: cachePoint?.ttl ?? '5m' },
    ),
    toolChoice: choice.tool ?? (choice.any ? 'any' : 'auto'),
  };
}

/** Claude refuses it in words of its own. */
function checkChoice(
  { any, tool }: NonNullable<ToolConfig['toolChoice']>,
  { toolChoices, isClaude }: AdmittedModel,
): void {
  const field =
    any && !toolChoices.includes('required')
      ? 'any'
      : tool && !toolChoices.includes('named')
        ? 'tool'
        : undefined;
  if (!field || isClaude) return;
  const name = `toolConfig.toolChoice.${field}`;
  throw invalid(`This model doesn't support the ${name} field. Remove ${name} and try again.`);
}

type ToolSpec = NonNullable<ToolConfig['tools'][number]['toolSpec']>;

function checkTool({ name, inputSchema, strict }: ToolSpec, index: number, config: ToolConfig): void {
  if (config.tools.slice(0, index).some(({ toolSpec }) => toolSpec?.name === name)) {
    throw invalid(`The tool ${name} is already defined at toolConfig.tools.${index}.`);
  }
  if (inputSchema.json['type'] !== 'object') {
    throw invalid(
      `The value at toolConfig.tools.${index}.toolSpec.inputSchema.json.type must be one of the following: object.`,
    );
  }
  const problem = strict ? unsupportedIn(inputSchema.json) : undefined;
  if (problem) throw refusedByModel(`tools.${index}.custom: ${problem}`);
  const chosen = config.toolChoice?.tool?.name;
  if (chosen !== undefined && !config.tools.some(({ toolSpec }) => toolSpec?.name === chosen)) {
    throw refusedByModel(`Tool '${chosen}' not found in provided tools`);
  }
}
