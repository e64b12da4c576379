import type { ConverseCommandInput, OutputConfig, ToolConfiguration } from '@aws-sdk/client-bedrock-runtime';
import type { StructuredCall } from '../structured-output/structured-output.ts';
import type { ModelCall } from './model-call.ts';

/** Name of the schema or tool that a structured answer comes by. */
export const answerName = 'answer';

/**
 * A call as Converse and ConverseStream take it.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function converseRequest(call: ModelCall): ConverseCommandInput {
  const { history = [], question, system, structured, guardrail } = call;
  return {
    modelId: call.modelId,
    messages: [...history, { role: 'user' as const, text: question }].map(({ role, text }) => ({
      role,
      content: [{ text }],
    })),
    ...(system === undefined ? {} : { system: [{ text: system }] }),
    inferenceConfig: {
      maxTokens: call.maxTokens,
      temperature: call.temperature,
      topP: call.topP,
      stopSequences: call.stop && [...call.stop],
    },
    ...(structured && structuredConfig(structured)),
    ...(guardrail && {
      guardrailConfig: { guardrailIdentifier: guardrail.id, guardrailVersion: guardrail.version },
    }),
    requestMetadata: { ...call.metadata },
  };
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
