import type { AskEvent } from '@org/admin';
import type { ErrorEnvelope, LimitStatus, ToolUseBlock, Usage } from '@org/contract';

/** What is known of a call so far. */
export interface Transcript {
  readonly text: string;
  /** What the model thought before it answered. */
  readonly thoughts: string;
  readonly tools: readonly Pick<ToolUseBlock, 'id' | 'name' | 'input'>[];
  readonly requestId: string | undefined;
  readonly stopReason: string | undefined;
  readonly usage: Usage | undefined;
  readonly limits: readonly LimitStatus[];
  readonly refusal: ErrorEnvelope | undefined;
  readonly timing: Extract<AskEvent, { readonly type: 'ended' }> | undefined;
  readonly account: Extract<AskEvent, { readonly type: 'accounted' }> | undefined;
}

export const nothingYet: Transcript = {
  ...{ text: '', thoughts: '', tools: [], limits: [] },
  ...{ requestId: undefined, stopReason: undefined, usage: undefined },
  ...{ refusal: undefined, timing: undefined, account: undefined },
};

/** What is known after one more event. */
export function withEvent(before: Transcript, event: AskEvent): Transcript {
  switch (event.type) {
    case 'start':
      return { ...before, requestId: event.id };
    case 'delta':
      return { ...before, text: before.text + event.text };
    case 'block_delta':
      return event.delta.type === 'reasoning'
        ? { ...before, thoughts: before.thoughts + event.delta.text }
        : before;
    case 'done': {
      const { content, stopReason, usage, limits } = event;
      const tools = content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
      return { ...before, tools, stopReason, usage, limits };
    }
    case 'error':
      return { ...before, refusal: event };
    case 'ended':
      return { ...before, timing: event, requestId: event.requestId ?? before.requestId };
    case 'accounted':
      return { ...before, account: event };
    default:
      return before;
  }
}

/** Why the model stopped, in words. */
export function stopInWords(reason: string): string {
  return stops[reason] ?? reason;
}

const stops: Readonly<Record<string, string>> = {
  end_turn: 'The answer is complete',
  tool_use: 'The model waits for the results of its tool calls',
  max_tokens: 'Cut off: it reached the most tokens',
  stop_sequence: 'It wrote a stop sequence',
  guardrail_intervened: 'A guardrail stepped in',
  content_filtered: 'Filtered',
};
