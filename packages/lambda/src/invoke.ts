import { type BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import type { InvokeFormat } from '@org/contract';
import { malformedReply } from './bedrock-error.ts';
import type { BodyFormat } from './body-format.ts';
import { llama } from './llama.ts';
import type { ModelCall, ModelReply } from './model-call.ts';
import { titanText } from './titan-text.ts';

export const bodyFormats: Readonly<Record<InvokeFormat, BodyFormat>> = { 'titan-text': titanText, llama };

/** Asks through InvokeModel with the model family's own body: for imported models, which Converse does not reach. */
export async function invoke(
  client: BedrockRuntimeClient,
  format: BodyFormat,
  call: ModelCall,
  signal: AbortSignal,
): Promise<ModelReply> {
  const { body } = await client.send(
    new InvokeModelCommand({
      modelId: call.modelId,
      contentType: 'application/json',
      accept: 'application/json',
      body: JSON.stringify(format.request(call)),
    }),
    { abortSignal: signal },
  );
  const reply = format.reply(parseJson(body.transformToString()));
  if (!reply) throw malformedReply();
  return reply;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
