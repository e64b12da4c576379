import type { ChatCall, Tool } from '../../../call/call.ts';
import { jsonObject } from '../../../json.ts';
import { invalidField } from '../../../proxy-error.ts';
import type { ChatTool, ChatToolChoice } from './request.ts';

/**
 * The tools of a request, and how the model is to choose among them.
 *
 * @throws {ProxyError} `invalid_request` if the choice needs tools that are missing, or two have the same name.
 */
export function toolsOf(
  tools: readonly ChatTool[],
  choice: ChatToolChoice | undefined,
): Pick<ChatCall, 'tools' | 'toolChoice'> {
  const names = new Set(tools.map((tool) => tool.function.name));
  if (names.size < tools.length) throw invalidField('tools', 'must have different names');
  const named = namesIn(choice);
  if (named.some((name) => !names.has(name)) || (choice === 'required' && tools.length === 0)) {
    throw invalidField('tool_choice', 'must name tools that are in tools');
  }
  // Clients without tools send an empty list.
  if (tools.length === 0) return {};
  if (typeof choice !== 'object') return { tools: tools.map(toolOf), toolChoice: choice };
  if (choice.type === 'function') {
    return { tools: tools.map(toolOf), toolChoice: { name: choice.function.name } };
  }
  return {
    tools: tools.filter((tool) => named.includes(tool.function.name)).map(toolOf),
    toolChoice: choice.allowed_tools.mode,
  };
}

function namesIn(choice: ChatToolChoice | undefined): readonly string[] {
  if (typeof choice !== 'object') return [];
  const chosen = choice.type === 'function' ? [choice] : choice.allowed_tools.tools;
  return chosen.map((tool) => tool.function.name);
}

function toolOf({ function: { name, description, parameters } }: ChatTool): Tool {
  return {
    type: 'tool',
    name,
    // Bedrock refuses one that says nothing.
    description: description && /\S/.test(description) ? description : undefined,
    inputSchema: jsonObject({ ...parameters, type: 'object' }),
  };
}
