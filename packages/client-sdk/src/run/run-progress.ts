import type { Message } from '@org/contract';
import type { Question } from '../options/content.ts';
import type { RunResult } from './run-result.ts';

/**
 * How far a run came. To go on where it failed, run `question` again with `messages`: what is in them was answered and
 * charged already.
 */
export interface RunProgress extends Pick<RunResult, 'steps' | 'usage' | 'requestIds'> {
  /** The turns before `question`. */
  messages: Message[];
  /** The turn that is not answered: your question, or the results of the tools. */
  question: Question;
}

// Not a field of the error, which would then have the conversation wherever it is logged.
const progresses = new WeakMap<object, RunProgress>();

/** Remembers with an error how far its run came. */
export function rememberProgress(error: unknown, progress: RunProgress): void {
  if (typeof error === 'object' && error !== null) {
    progresses.set(error, progress);
  }
}

/**
 * How far the run of `client.run`, or of a conversation, came that ended in this error; `undefined` for any other error.
 * The error itself does not have it, so that it can be logged.
 *
 * @example
 * ```ts
 * import { createBedrockClient, MaxStepsError, runProgress, tool } from '@org/bedrock-client';
 * import * as z from 'zod';
 *
 * const client = createBedrockClient();
 * const dice = tool({ name: 'dice', input: z.object({}), run: () => 4 });
 * const tools = [dice];
 * try {
 *   await client.run('nova-lite', 'Roll the dice three times.', { tools, maxSteps: 2 });
 * } catch (error) {
 *   const progress = runProgress(error);
 *   if (!(error instanceof MaxStepsError) || progress === undefined) throw error;
 *   const { messages, question } = progress;
 *   await client.run('nova-lite', question, { tools, messages }); // goes on
 * }
 * ```
 */
export function runProgress(error: unknown): RunProgress | undefined {
  return typeof error === 'object' && error !== null ? progresses.get(error) : undefined;
}
