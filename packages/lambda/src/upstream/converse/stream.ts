import { type BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Usage } from '@org/contract';
import type { ModelCall, ReadStream } from '../../call/call.ts';
import { malformedReply } from '../failure.ts';
import type { StreamWatch } from '../watch.ts';
import { replyOf, usageOf } from './converse.ts';
import { converseRequest } from './request.ts';

/** Starts a ConverseStream, and reads it with what it returns. What the call cost is known only at the end. */
export async function converseStream(
  client: BedrockRuntimeClient,
  call: ModelCall,
  watch: StreamWatch,
): Promise<ReadStream> {
  const { stream } = await client.send(new ConverseStreamCommand(converseRequest(call)), {
    abortSignal: watch.signal,
  });
  if (!stream) throw malformedReply();
  return async (onDelta, onUsage) => {
    let text = '';
    let stopReason: string | undefined;
    let usage: Usage | undefined;
    for await (const { contentBlockDelta, messageStop, metadata } of watch.events(stream)) {
      const delta = contentBlockDelta?.delta;
      const piece = call.structured?.by === 'tool' ? delta?.toolUse?.input : delta?.text;
      if (piece) {
        // The SDK passes on whatever JSON says.
        if (typeof piece !== 'string') throw malformedReply();
        text += piece;
        await onDelta(piece);
      }
      stopReason = messageStop?.stopReason ?? stopReason;
      usage = usageOf(metadata?.usage) ?? usage;
      if (usage) onUsage(usage);
    }
    return replyOf(call, { text, stopReason, usage });
  };
}
