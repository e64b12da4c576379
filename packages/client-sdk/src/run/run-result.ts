import type { Message, ToolResultBlock, ToolUseBlock } from '@org/contract';
import type { Answer } from '../answer/answer.ts';

/** What came of a run: the last answer, and all that led to it. */
export interface RunResult extends Omit<Answer, 'id' | 'requestId' | 'attempts'> {
  /**
   * The whole conversation, ready to be the `messages` of the next call: earlier turns, the question, every step and the
   * answer. Files are in base64, so it can be kept as JSON. Only the earlier turns where the answer cannot be sent back:
   * it is empty, or was filtered.
   */
  messages: Message[];
  /** Every answer of the model, oldest first, and what the tools returned that it called. */
  steps: RunStep[];
  /** The ids of the requests, oldest first: they find the calls in the logs of the proxy. */
  requestIds: string[];
}

/** What came of a run with a `schema`. */
export interface StructuredRunResult<Output> extends RunResult {
  /** The last answer, as the check of your schema returned it. */
  output: Output;
}

/** One answer of a run. */
export interface RunStep {
  /** What the model answered. */
  answer: Answer;
  /** What came of the tools that it called and that have a `run`, in the order of the calls; empty for the last step. */
  results: ToolOutcome[];
}

/** What came of one call of a tool. */
export interface ToolOutcome {
  /** The call, as the model wrote it. */
  call: ToolUseBlock;
  /** The result, as the model reads it. */
  result: ToolResultBlock;
  /** What the tool threw, if it failed. Not all of it is in `result`. */
  error?: unknown;
}
