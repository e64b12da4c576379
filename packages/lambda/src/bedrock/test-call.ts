import type { Deadline } from '../deadline.ts';
import type { ModelCall } from './model-call.ts';

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
