import { type BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { malformedReply } from './bedrock-error.ts';
import type { ModelCall, ModelReply } from './model-call.ts';

/** Asks through Converse, which every current text model of Bedrock speaks. */
export async function converse(
  client: BedrockRuntimeClient,
  call: ModelCall,
  signal: AbortSignal,
): Promise<ModelReply> {
  const { output, stopReason, usage } = await client.send(
    new ConverseCommand({
      modelId: call.modelId,
      messages: [...(call.history ?? []), { role: 'user' as const, text: call.question }].map(
        ({ role, text }) => ({
          role,
          content: [{ text }],
        }),
      ),
      ...(call.system === undefined ? {} : { system: [{ text: call.system }] }),
      inferenceConfig: {
        maxTokens: call.maxTokens,
        temperature: call.temperature,
        topP: call.topP,
        stopSequences: call.stop && [...call.stop],
      },
    }),
    { abortSignal: signal },
  );
  const content = output?.message?.content;
  if (!content || stopReason === undefined) throw malformedReply();
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) throw malformedReply();
  return {
    text: content.map((block) => block.text ?? '').join(''),
    stopReason,
    usage: {
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      totalTokens: usage.totalTokens ?? usage.inputTokens + usage.outputTokens,
      cacheReadTokens: usage.cacheReadInputTokens,
      cacheWriteTokens: usage.cacheWriteInputTokens,
    },
  };
}
