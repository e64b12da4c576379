import { type BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import type { InvokeFormat } from '@org/models';
import type { ModelCall, ModelReply } from '../../call/call.ts';
import { parseJson } from '../../json.ts';
import { malformedReply } from '../failure.ts';
import type { BodyFormat } from './body-format.ts';
import { llama } from './llama.ts';
import { invokeRequest, withIntervention } from './request.ts';
import { titanText } from './titan-text.ts';

export const bodyFormats: Readonly<Record<InvokeFormat, BodyFormat>> = { 'titan-text': titanText, llama };

/** Asks through InvokeModel with the model family's own body: for imported models, which Converse does not reach. */
export async function invoke(
  client: BedrockRuntimeClient,
  format: BodyFormat,
  call: ModelCall,
  signal: AbortSignal,
): Promise<ModelReply> {
  const { body } = await client.send(new InvokeModelCommand(invokeRequest(call, format)), {
    abortSignal: signal,
  });
  const parsed = parseJson(body.transformToString());
  const reply = format.reply(parsed);
  if (!reply) throw malformedReply();
  return withIntervention(reply, parsed);
}
