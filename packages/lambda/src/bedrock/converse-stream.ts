import {
  type BedrockRuntimeClient,
  ConverseStreamCommand,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import { malformedReply } from './bedrock-error.ts';
import { replyOf } from './converse.ts';
import { converseRequest } from './converse-request.ts';
import type { ModelCall, ModelReply, OnDelta } from './model-call.ts';
import type { StreamWatch } from './stream-watch.ts';

/** Starts a ConverseStream, and reads it with what it returns. What the call cost is known only at the end. */
export async function converseStream(
  client: BedrockRuntimeClient,
  call: ModelCall,
  watch: StreamWatch,
): Promise<(onDelta: OnDelta) => Promise<ModelReply>> {
  const { stream } = await client.send(new ConverseStreamCommand(converseRequest(call)), {
    abortSignal: watch.signal,
  });
  if (!stream) throw malformedReply();
  return async (onDelta) => {
    let text = '';
    let stopReason: string | undefined;
    let usage: TokenUsage | undefined;
    for await (const { contentBlockDelta, messageStop, metadata } of watch.events(stream)) {
      const delta = contentBlockDelta?.delta;
      const piece = call.structured?.by === 'tool' ? delta?.toolUse?.input : delta?.text;
      if (piece) {
        text += piece;
        await onDelta(piece);
      }
      stopReason = messageStop?.stopReason ?? stopReason;
      usage = metadata?.usage ?? usage;
    }
    return replyOf(call, { text, stopReason, usage });
  };
}
