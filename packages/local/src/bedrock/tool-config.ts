import * as z from 'zod/mini';
import { ToolCachePoint } from './converse-content.ts';

const toolName = z.string().check(z.regex(/^[a-zA-Z0-9_-]{1,64}$/));
const nothing = z.strictObject({});

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
export const ToolConfig = z.strictObject({
  tools: z
    .array(
      z.union([
        z.strictObject({
          toolSpec: z.strictObject({
            name: toolName,
            description: z.optional(z.string().check(z.minLength(1))),
            inputSchema: z.strictObject({ json: z.record(z.string(), z.unknown()) }),
            strict: z.optional(z.boolean()),
          }),
        }),
        ToolCachePoint,
      ]),
    )
    .check(z.minLength(1)),
  toolChoice: z.optional(
    z.union([
      z.strictObject({ auto: nothing }),
      z.strictObject({ any: nothing }),
      z.strictObject({ tool: z.strictObject({ name: toolName }) }),
    ]),
  ),
});
export type ToolConfig = z.infer<typeof ToolConfig>;
