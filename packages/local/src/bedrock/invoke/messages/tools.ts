import * as z from 'zod/mini';
import { invalid } from '../../exception.ts';
import type { CachePoint, Tool } from '../../model/prompt.ts';
import { read } from '../../request-body.ts';
import { claudeIssue } from '../../rules/claude-issue.ts';
import { cache_control } from './content.ts';

/** A tool whose kind is not known yet. */
export const AnyTool = z.looseObject({ type: z.optional(z.string()) });

const Custom = z.strictObject({
  type: z.optional(z.literal('custom')),
  name: z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,128}$/)),
  description: z.optional(z.string()),
  input_schema: z.looseObject({ type: z.literal('object') }),
  strict: z.optional(z.boolean()),
  cache_control,
});

/** A tool that Claude knows: the request has only the caller's part of it. */
const Known = z.looseObject({ name: z.optional(z.string()), cache_control });

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-tool-use.html */
const known =
  /^(?:computer|bash|text_editor|memory|tool_search_tool_regex|tool_search_tool_bm25|computer_toolset|browser_toolset)_\d{8}$/;

/** @throws {BedrockException} */
export function readTool(tool: z.infer<typeof AnyTool>, index: number): (Tool | CachePoint)[] {
  const { type = 'custom' } = tool;
  if (type !== 'custom' && !known.test(type)) {
    throw invalid(
      `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags: 'custom'`,
    );
  }
  const text = JSON.stringify(tool);
  if (type !== 'custom') {
    const { name = type } = read(Known, tool, () => invalid(`tools.${index}.${type}: Invalid tool`));
    return [{ type: 'tool', name, schema: { type: 'object' }, text }];
  }
  const custom = read(Custom, tool, ([issue]) =>
    invalid(issue ? claudeIssue(issue, ['tools', index, 'custom', ...tagged(issue.path)]) : ''),
  );
  const point: CachePoint[] = custom.cache_control
    ? [{ type: 'cache_point', ttl: custom.cache_control.ttl ?? '5m' }]
    : [];
  return [{ type: 'tool', name: custom.name, schema: custom.input_schema, text }, ...point];
}

function tagged(path: readonly PropertyKey[]): PropertyKey[] {
  return path.flatMap((key) => (key === 'cache_control' ? [key, 'ephemeral'] : [key]));
}
