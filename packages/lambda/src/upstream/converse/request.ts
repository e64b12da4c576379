import type {
  ContentBlock,
  DocumentBlock as ConverseDocument,
  ImageBlock as ConverseImage,
  Message as ConverseMessage,
  ConverseRequest,
  Tool as ConverseTool,
  SystemContentBlock,
  ToolConfiguration,
  ToolResultContentBlock,
} from '@aws-sdk/client-bedrock-runtime';
import type {
  Block,
  CachePointBlock,
  DocumentBlock,
  ImageBlock,
  JsonBlock,
  Message,
  ModelChatCall,
  ReasoningBlock,
  RedactedReasoningBlock,
  TextBlock,
  Tool,
  ToolChoice,
} from '../../call/call.ts';
import type { Target } from '../../call/upstream.ts';

/** A type of the SDK's as it is in JSON: bytes in base64. */
type InJson<Value> = Value extends Uint8Array
  ? string
  : Value extends readonly (infer Item)[]
    ? InJson<Item>[]
    : Value extends object
      ? { [Name in keyof Value]: InJson<Value[Name]> }
      : Value;

/**
 * The body of Converse and of ConverseStream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function converseBody(
  call: ModelChatCall,
  { guardrail, metadata }: Target,
): InJson<Omit<ConverseRequest, 'modelId'>> {
  const {
    kind: _,
    messages,
    system,
    tools,
    toolChoice,
    maxTokens,
    outputFormat,
    serviceTier,
    ...options
  } = call;
  const { temperature, topP, stop, extra, ...unsent } = options;
  // A field of a call that is not sent does not compile.
  unsent satisfies Record<string, never>;
  return {
    messages: messages.map(messageOf),
    ...(system && { system: system.map(systemOf) }),
    inferenceConfig: { maxTokens, temperature, topP, stopSequences: stop && [...stop] },
    ...(tools && { toolConfig: toolConfigOf(tools, toolChoice) }),
    ...(outputFormat && {
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: {
            jsonSchema: { name: outputFormat.name, schema: JSON.stringify(outputFormat.schema) },
          },
        },
      },
    }),
    ...(guardrail && {
      guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
    }),
    ...(serviceTier && { serviceTier: { type: serviceTier } }),
    ...(extra && { additionalModelRequestFields: extra }),
    requestMetadata: { ...metadata },
  };
}

function messageOf({ role, blocks, ...unsent }: Message): InJson<ConverseMessage> {
  unsent satisfies Record<string, never>;
  return { role, content: blocks.map(contentOf) };
}

function contentOf(block: Block): InJson<ContentBlock> {
  switch (block.type) {
    case 'text':
      return textOf(block);
    case 'image':
      return imageOf(block);
    case 'document':
      return documentOf(block);
    case 'tool_use':
      return { toolUse: { toolUseId: block.id, name: block.name, input: block.input } };
    case 'tool_result':
      return {
        toolResult: {
          toolUseId: block.id,
          content: block.content.map(resultOf),
          ...(block.isError === undefined ? {} : { status: block.isError ? 'error' : 'success' }),
        },
      };
    case 'reasoning':
    case 'redacted_reasoning':
      return { reasoningContent: reasoningOf(block) };
    case 'cache_point':
      return cachePointOf(block);
  }
}

function resultOf(block: TextBlock | JsonBlock | ImageBlock | DocumentBlock): InJson<ToolResultContentBlock> {
  switch (block.type) {
    case 'text':
      return textOf(block);
    case 'json':
      return { json: block.json };
    case 'image':
      return imageOf(block);
    case 'document':
      return documentOf(block);
  }
}

function systemOf(block: TextBlock | CachePointBlock): InJson<SystemContentBlock> {
  return block.type === 'text' ? textOf(block) : cachePointOf(block);
}

function textOf({ text }: TextBlock) {
  return { text };
}

function imageOf({ format, bytes }: ImageBlock): { image: InJson<ConverseImage> } {
  return { image: { format, source: { bytes: base64(bytes) } } };
}

function documentOf(block: DocumentBlock): { document: InJson<ConverseDocument> } {
  const { format, name, bytes, citations } = block;
  return {
    document: {
      format,
      name,
      source: { bytes: base64(bytes) },
      ...(citations === undefined ? {} : { citations: { enabled: citations } }),
    },
  };
}

function reasoningOf(
  block: ReasoningBlock | RedactedReasoningBlock,
): InJson<NonNullable<ContentBlock['reasoningContent']>> {
  return block.type === 'redacted_reasoning'
    ? { redactedContent: base64(block.bytes) }
    : { reasoningText: { text: block.text, signature: block.signature } };
}

function cachePointOf({ ttl }: CachePointBlock) {
  return { cachePoint: { type: 'default' as const, ...(ttl && { ttl }) } };
}

function toolConfigOf(
  tools: readonly (Tool | CachePointBlock)[],
  choice: ToolChoice | undefined,
): InJson<ToolConfiguration> {
  return {
    tools: tools.map(toolOf),
    ...(choice !== undefined && {
      toolChoice: typeof choice === 'string' ? choices[choice] : { tool: { name: choice.name } },
    }),
  };
}

const choices = { auto: { auto: {} }, required: { any: {} } };

function toolOf(tool: Tool | CachePointBlock): InJson<ConverseTool> {
  if (tool.type === 'cache_point') return cachePointOf(tool);
  const { name, description, inputSchema } = tool;
  return { toolSpec: { name, ...(description && { description }), inputSchema: { json: inputSchema } } };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
