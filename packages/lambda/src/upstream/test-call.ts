import type { ModelCall } from '../call/call.ts';
import type { Deadline } from '../call/deadline.ts';

export const ample: Deadline = {
  signal: new AbortController().signal,
  settleSignal: new AbortController().signal,
  remaining: () => 28_000,
};

export const call: ModelCall = {
  modelId: 'model',
  question: 'What is a dystopia',
  maxTokens: 10,
  metadata: {},
};
