import type {
  ConverseCommandInput,
  Message,
  OutputConfig,
  ToolConfiguration,
} from '@aws-sdk/client-bedrock-runtime';
import type { Turn } from '@org/contract';
import type { ModelCall } from '../../call/call.ts';
import type { StructuredCall } from '../../call/structured-output/structured-output.ts';

/** Name of the schema or tool that a structured answer comes by. */
export const answerName = 'answer';

/**
 * A call as Converse and ConverseStream take it.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function converseRequest(call: ModelCall): ConverseCommandInput {
  const { modelId, maxTokens, history = [], question, system, ...options } = call;
  const { temperature, topP, stop, structured, guardrail, metadata, ...unsent } = options;
  // A field of a request that is not sent does not compile.
  unsent satisfies Record<string, never>;
  return {
    modelId,
    messages: [...history, { role: 'user' as const, text: question }].map(messageOf),
    ...(system === undefined ? {} : { system: [{ text: system }] }),
    inferenceConfig: { maxTokens, temperature, topP, stopSequences: stop },
    ...(structured && structuredConfig(structured)),
    ...(guardrail && {
      guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
    }),
    requestMetadata: { ...metadata },
  };
}

function messageOf({ role, text, ...unsent }: Turn): Message {
  unsent satisfies Record<string, never>;
  return { role, content: [{ text }] };
}

function structuredConfig({ by, schema }: StructuredCall): {
  outputConfig?: OutputConfig;
  toolConfig?: ToolConfiguration;
} {
  if (by === 'native') {
    const jsonSchema = { name: answerName, schema: JSON.stringify(schema) };
    return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
  }
  const toolSpec = {
    name: answerName,
    description: 'Gives the answer to the question.',
    inputSchema: { json: { ...schema } },
  };
  return { toolConfig: { tools: [{ toolSpec }], toolChoice: { tool: { name: answerName } } } };
}
