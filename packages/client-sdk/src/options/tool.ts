import type { Tool } from '@org/contract';
import type { JsonSchema, StandardJsonSchema, StandardSchema } from '../answer/standard-schema.ts';
import { ToolError } from '../errors/tool-error.ts';
import { checkNoOther, checkOptional, checkType } from './check-option.ts';
import { hasFields } from './duck-typing.ts';
import { checkWith, jsonSchemaOf } from './json-schema.ts';

/** What `run` of a tool gets beside its input. */
export interface ToolContext {
  /** The `id` of the call, different for each. */
  readonly id: string;
  /** Aborted when the run is: pass it on to `fetch` and the like. */
  readonly signal: AbortSignal;
}

/** A tool that is only declared, written by hand. */
export interface DeclaredTool extends Omit<Tool, 'inputSchema'> {
  /** JSON Schema of its input, of `type: 'object'`. */
  readonly inputSchema: JsonSchema;
}

/** A tool that a run calls itself. Made by `tool()`. */
export interface RunnableTool extends Tool {
  /**
   * Checks an input with the schema of the tool, and calls its `run` with it. Rejects with `ToolError` if the input does
   * not fit, and with what `run` throws.
   */
  readonly run: (input: unknown, context: ToolContext) => Promise<unknown>;
}

/** What a tool takes. */
export type ToolInput<Input> =
  | {
      /** A Standard Schema that can be converted to JSON Schema, such as a zod 4 object. */
      readonly input: StandardJsonSchema<Input>;
      /** The JSON Schema to send. Default: `input`, converted. */
      readonly inputSchema?: JsonSchema | undefined;
    }
  | {
      /** A Standard Schema that cannot be converted to JSON Schema, such as one of `zod/mini`. */
      readonly input: StandardSchema<Input>;
      /** The same schema as a JSON Schema, for example from `z.toJSONSchema(schema)`. */
      readonly inputSchema: JsonSchema;
    }
  | {
      /** Left out: the input is not checked. */
      readonly input?: undefined;
      /** A JSON Schema of an object, as the model sees it. */
      readonly inputSchema: JsonSchema;
    };

/** What `tool()` takes. */
export type ToolDefinition<Input> = ToolInput<Input> & {
  /** 1 to 64 letters, digits, `_` and `-`. Unique in the request. */
  readonly name: string;
  /** What the tool does, and when to call it. The model decides by this. */
  readonly description?: string | undefined;
};

/** What a tool does. */
export interface ToolFunction<Input> {
  /**
   * Is called with the input that the model wrote, as the check of your schema returned it. Returns what the model is to
   * read: a string, blocks (an array of text, json, image and document), or any JSON. Where it throws a `ToolError`, the
   * model reads its message; where it throws anything else, only that the tool failed.
   */
  run(input: Input, context: ToolContext): unknown;
}

const names = { schema: 'input', jsonSchema: 'inputSchema' };

/**
 * Makes a tool whose input has the type of your schema. With `run`, `client.run` calls it when the model does. Throws
 * `ConfigurationError` if an option is wrong or `input` cannot be converted to JSON Schema.
 *
 * @example
 * ```ts
 * import { createBedrockClient, tool } from '@org/bedrock-client';
 * import * as z from 'zod';
 *
 * const weather = tool({
 *   name: 'weather',
 *   description: 'Says how the weather is in a city now.',
 *   input: z.object({ city: z.string() }),
 *   run: async ({ city }) => ({ city, celsius: 21 }),
 * });
 * const { text } = await createBedrockClient().run('nova-lite', 'How is the weather in Oslo?', { tools: [weather] });
 * console.log(text);
 * ```
 */
export function tool<Input = Record<string, unknown>>(
  definition: ToolDefinition<Input> & ToolFunction<NoInfer<Input>>,
): RunnableTool;
/** Makes a tool without `run`, which is only declared: a run ends where the model calls it, and you send the result. */
export function tool<Input = Record<string, unknown>>(
  definition: ToolDefinition<Input> & { readonly run?: undefined },
): Tool;
export function tool(
  definition: ToolDefinition<unknown> & { readonly run?: ToolFunction<unknown>['run'] | undefined },
): Tool | RunnableTool {
  checkType('tool', definition, 'object');
  const { name, description, input, inputSchema: given, run, ...others } = definition;
  checkNoOther('tool', others);
  checkType('name', name, 'string');
  checkOptional('description', description, 'string');
  checkOptional('run', run, 'function');
  const inputSchema = input === undefined ? given : jsonSchemaOf(input, given, names);
  checkType('inputSchema', inputSchema, 'object');
  const declared = { name, ...(description === undefined ? {} : { description }), inputSchema };
  return run === undefined
    ? declared
    : { ...declared, run: async (written, context) => run(await checkInput(input, written), context) };
}

async function checkInput(schema: StandardSchema | undefined, written: unknown): Promise<unknown> {
  if (schema === undefined) {
    return written;
  }
  const result = await checkWith(schema, written);
  if (result.issues === undefined) {
    return result.value;
  }
  const issues = result.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  throw new ToolError(`The input does not fit the schema of the tool. ${issues.join('; ')}`);
}

/** Whether a tool is run by the client. */
export function isRunnable(tool: object): tool is RunnableTool {
  return hasFields(tool, { run: 'function' });
}
