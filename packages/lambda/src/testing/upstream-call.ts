import type { ModelChatCall } from '../call/call.ts';
import type { Deadline } from '../call/deadline.ts';
import { type ReplyEvent, ReplyFold, type TokenUsage, textOf } from '../call/reply.ts';
import type { Target } from '../call/upstream.ts';

/** A deadline that no test reaches. */
export const ample: Deadline = {
  signal: new AbortController().signal,
  settleSignal: new AbortController().signal,
  remaining: () => 28_000,
};

export const call: ModelChatCall = {
  kind: 'chat',
  messages: [{ role: 'user', blocks: [{ type: 'text', text: 'What is a dystopia' }] }],
  maxTokens: 10,
};

export const target: Target = { modelId: 'model', metadata: { team: 'acme' } };

/** All events of an upstream call, as a caller sees them. */
export async function read(events: AsyncIterable<ReplyEvent>, onText: (text: string) => unknown = () => {}) {
  const pieces: string[] = [];
  const fold = new ReplyFold();
  let stopReason: string | undefined;
  let usage: TokenUsage | undefined;
  for await (const event of events) {
    fold.add(event);
    if (event.type === 'delta' && event.delta.type === 'text') {
      pieces.push(event.delta.text);
      await onText(event.delta.text);
    }
    if (event.type === 'stopped') stopReason = event.stopReason;
    if (event.type === 'usage') usage = event.usage;
  }
  return { pieces, reply: fold.reply, text: textOf(fold.reply), stopReason, usage };
}
