import * as z from 'zod/mini';
import type { ChatCall, Tool } from '../../../call/call.ts';
import { isJsonObject, type Json, jsonObject } from '../../../json.ts';
import { ProxyError } from '../../../proxy-error.ts';
import { toolNameOf } from '../../bedrock-names.ts';

const name = z.string().check(z.regex(/\S/, 'must not be empty'));
const description = z.nullish(z.string());

const FunctionTool = z.object({
  type: z.literal('function'),
  name,
  description,
  parameters: z.nullish(
    z
      .record(z.string(), z.unknown())
      .check(
        z.refine(({ type = 'object' }) => type === 'object', "must be a JSON Schema with type 'object'"),
      ),
  ),
});

const CustomTool = z.object({
  type: z.literal('custom'),
  name,
  description,
  format: z.nullish(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('grammar'), syntax: z.string(), definition: z.string() }),
    ]),
  ),
});

const NamespaceTool = z.object({
  type: z.literal('namespace'),
  name,
  tools: z.array(z.discriminatedUnion('type', [FunctionTool, CustomTool])),
});

/** Codex offers it in every request, to search OpenAI's stored data and not the web. */
const WebSearchTool = z.object({ type: z.literal('web_search'), external_web_access: z.literal(false) });

const known = [FunctionTool, CustomTool, NamespaceTool, WebSearchTool] as const;

export const ToolSchema = z.discriminatedUnion('type', known);

const knownTypes: ReadonlySet<Json> = new Set(known.flatMap(({ shape }) => [...shape.type.def.values]));

/**
 * Refuses tools that OpenAI would run.
 *
 * @throws {ProxyError} `unsupported_feature` that names the tool.
 */
export function refuseHostedTools(tools: Json | undefined, place: string): void {
  if (!Array.isArray(tools)) return;
  for (const [index, tool] of tools.entries()) {
    if (!isJsonObject(tool)) continue;
    const { type } = tool;
    const isHosted = typeof type === 'string' && !knownTypes.has(type);
    const searches = type === 'web_search' && tool['external_web_access'] !== false;
    if (!isHosted && !searches) continue;
    const remedy = searches
      ? 'Leave it out; in Codex, by web_search = "disabled" in config.toml.'
      : 'Offer functions instead.';
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `This proxy does not support tools of the type ${type.slice(0, 64)}, which OpenAI runs or defines. ${remedy}`,
      param: `${place}.${index}`,
    });
  }
}

export const ToolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.discriminatedUnion('type', [
    z.object({ type: z.enum(['function', 'custom']), name, namespace: z.nullish(name) }),
    z.object({
      type: z.literal('allowed_tools'),
      mode: z.enum(['auto', 'required']),
      tools: z.array(z.object({ type: z.enum(['function', 'custom']), name, namespace: z.nullish(name) })),
    }),
  ]),
]);

/** Which tool a call is of, in the words of this API. */
export interface ToolName {
  readonly name: string;
  readonly namespace?: string | null | undefined;
}

/** The name that a model knows a tool by. */
export function offeredName({ name: own, namespace }: ToolName): string {
  return toolNameOf(namespace == null ? own : `${namespace}__${own}`);
}

/** A tool as a model is offered it, and as its caller knows it. */
export interface OfferedTool extends ToolName {
  readonly tool: Tool;
  /** Whether it takes a string of any form in place of JSON. */
  readonly custom: boolean;
}

/** The field of the one string that a custom tool takes. */
export const customInput = 'input';

/** Every tool of a list, those of its namespaces included. */
export function offeredTools(tools: readonly z.infer<typeof ToolSchema>[]): OfferedTool[] {
  return tools.flatMap(toolsOf);
}

function toolsOf(tool: z.infer<typeof ToolSchema>): OfferedTool[] {
  switch (tool.type) {
    case 'function':
    case 'custom':
      return [offeredTool(tool, undefined)];
    case 'namespace':
      return tool.tools.map((inner) => offeredTool(inner, tool.name));
    case 'web_search':
      return [];
  }
}

function offeredTool(
  tool: z.infer<typeof FunctionTool> | z.infer<typeof CustomTool>,
  namespace: string | undefined,
): OfferedTool {
  const named = { name: tool.name, namespace };
  const shared = { type: 'tool', name: offeredName(named) } as const;
  if (tool.type === 'function') {
    const inputSchema = jsonObject({ type: 'object', ...tool.parameters });
    return { ...named, custom: false, tool: { ...shared, description: said(tool.description), inputSchema } };
  }
  const { format } = tool;
  const grammar =
    format?.type === 'grammar'
      ? `The string ${customInput} must follow this ${format.syntax} grammar:\n${format.definition}`
      : undefined;
  return {
    ...named,
    custom: true,
    tool: {
      ...shared,
      description: said([tool.description, grammar].filter(Boolean).join('\n\n')),
      inputSchema: {
        type: 'object',
        properties: { [customInput]: { type: 'string' } },
        required: [customInput],
        additionalProperties: false,
      },
    },
  };
}

/** Bedrock refuses a description without a word. */
function said(words: string | null | undefined): string | undefined {
  return words && /\S/.test(words) ? words : undefined;
}

/** The tools of a call, and whether the model has to call one. */
export function chosenTools(
  offered: readonly OfferedTool[],
  choice: z.infer<typeof ToolChoiceSchema> | undefined,
): Pick<ChatCall, 'tools' | 'toolChoice'> {
  const allowed = typeof choice === 'object' && choice.type === 'allowed_tools' ? choice.tools : undefined;
  const names = allowed && new Set(allowed.map(offeredName));
  const tools = offered.map(({ tool }) => tool).filter((tool) => names?.has(tool.name) ?? true);
  return { tools: tools.length > 0 ? tools : undefined, toolChoice: choiceOf(choice) };
}

/** Left to the model, which tool it calls is its own choice without a word. */
function choiceOf(choice: z.infer<typeof ToolChoiceSchema> | undefined): ChatCall['toolChoice'] {
  if (typeof choice !== 'object') return choice === 'auto' ? undefined : choice;
  if (choice.type !== 'allowed_tools') return { name: offeredName(choice) };
  return choice.mode === 'auto' ? undefined : choice.mode;
}
