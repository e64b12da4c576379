import {
  type BedrockRuntimeClient,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import type { Usage } from '@org/contract';
import type { ModelCall, ReadStream } from '../../call/call.ts';
import { parseJson } from '../../json.ts';
import { malformedReply } from '../failure.ts';
import type { StreamWatch } from '../watch.ts';
import type { BodyFormat } from './body-format.ts';
import { invokeRequest, withIntervention } from './request.ts';

/** Starts an InvokeModelWithResponseStream, and reads it with what it returns. */
export async function invokeStream(
  client: BedrockRuntimeClient,
  format: BodyFormat,
  call: ModelCall,
  watch: StreamWatch,
): Promise<ReadStream> {
  const { body: stream } = await client.send(
    new InvokeModelWithResponseStreamCommand(invokeRequest(call, format)),
    { abortSignal: watch.signal },
  );
  if (!stream) throw malformedReply();
  return async (onDelta, onUsage) => {
    const decoder = new TextDecoder();
    let text = '';
    let last: unknown;
    let stopReason: string | undefined;
    let inputTokens: number | undefined;
    let outputTokens: number | undefined;
    let usage: Usage | undefined;
    for await (const { chunk } of watch.events(stream)) {
      if (!chunk?.bytes) continue;
      last = parseJson(decoder.decode(chunk.bytes));
      const piece = format.chunk(last);
      if (!piece) throw malformedReply();
      // Answers begin with white space of the template's, as they do when they come whole.
      const shown = text === '' ? piece.text.trimStart() : piece.text;
      if (shown) {
        text += shown;
        await onDelta(shown);
      }
      stopReason = piece.stopReason ?? stopReason;
      inputTokens = piece.inputTokens ?? inputTokens;
      outputTokens = piece.outputTokens ?? outputTokens;
      if (inputTokens === undefined || outputTokens === undefined) continue;
      usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
      onUsage(usage);
    }
    if (stopReason === undefined || usage === undefined) throw malformedReply();
    return withIntervention({ text, stopReason, usage }, last);
  };
}
