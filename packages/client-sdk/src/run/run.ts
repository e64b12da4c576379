import type { Message, Usage } from '@org/contract';
import type { Answer } from '../answer/answer.ts';
import { MaxStepsError } from '../errors/errors.ts';
import { asMessages, sentHistory } from '../options/ask-body.ts';
import { checkOption, checkType } from '../options/check-option.ts';
import { type Question, type SentUserBlock, sentContent, sentMessages } from '../options/content.ts';
import { loaded, withFiles } from '../options/files.ts';
import type { AnyAskOptions, AnyRunOptions } from '../options/options.ts';
import { checkOutput } from '../options/output-schema.ts';
import { rememberProgress } from './run-progress.ts';
import type { RunResult, RunStep } from './run-result.ts';
import { runTools } from './run-tools.ts';
import { answeredTurns, toolCalls } from './turns.ts';

/** Asks the model once, and checks its answer where it calls no tool. */
export type AskOnce = (question: Question, options: AnyAskOptions) => Promise<Answer>;

/** Asks the model, and calls the tools that it calls, until it answers without. */
export async function run(question: Question, options: AnyRunOptions, ask: AskOnce): Promise<RunResult> {
  checkType('options', options, 'object');
  const { maxSteps = 5, history, messages, toolChoice, ...asked } = options;
  checkOption(
    Number.isSafeInteger(maxSteps) && maxSteps > 0,
    'maxSteps',
    'must be a whole number, 1 or more',
  );
  checkOption(history === undefined || messages === undefined, 'history', 'cannot be combined with messages');
  const sent = withFiles((read) => ({
    question: sentContent('question', question, read),
    messages:
      history === undefined
        ? sentMessages('messages', messages ?? [], read)
        : asMessages(sentHistory(history)),
  }));
  const start = await loaded(sent);
  return loop(start, maxSteps, asked, (turn, earlier, step) =>
    // A model that must call a tool would never end.
    ask(turn, { ...asked, messages: earlier, toolChoice: step === 0 ? toolChoice : undefined }),
  );
}

interface Turns {
  readonly question: string | SentUserBlock[];
  readonly messages: readonly Message[];
}

async function loop(
  start: Turns,
  maxSteps: number,
  { tools = [], signal, schema }: Pick<AnyRunOptions, 'tools' | 'signal' | 'schema'>,
  ask: (question: Turns['question'], messages: readonly Message[], step: number) => Promise<Answer>,
): Promise<RunResult> {
  const steps: RunStep[] = [];
  let messages = [...start.messages];
  let { question } = start;
  try {
    while (steps.length < maxSteps) {
      const answer = await ask(question, messages, steps.length);
      const step: RunStep = { answer, results: [] };
      steps.push(step);
      const calls = toolCalls(answer.content);
      step.results = await runTools(calls, tools, signal);
      const turns = answeredTurns(question, answer);
      if (calls.length === 0 || step.results.length < calls.length || turns === undefined) {
        const { id, requestId, attempts, ...last } =
          calls.length === 0 ? answer : await checkOutput(answer, schema);
        return {
          ...last,
          ...sums(steps),
          messages: turns ? [...messages, ...turns] : [...start.messages],
          steps,
        };
      }
      messages = [...messages, ...turns];
      question = step.results.map(({ result }) => result);
    }
    throw new MaxStepsError({
      message: `The model still calls tools after ${maxSteps === 1 ? '1 step' : `${maxSteps} steps`}. Raise maxSteps, or go on with runProgress(error).`,
      requestId: steps.at(-1)?.answer.requestId,
      attempts: steps.at(-1)?.answer.attempts,
      maxSteps,
    });
  } catch (error) {
    rememberProgress(error, { messages, question, steps, ...sums(steps) });
    throw error;
  }
}

function sums(steps: readonly RunStep[]): Pick<RunResult, 'usage' | 'requestIds'> {
  const nothing: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
  const [first = nothing, ...others] = steps.map(({ answer }) => answer.usage);
  return { usage: others.reduce(sum, first), requestIds: steps.map(({ answer }) => answer.requestId) };
}

/** All of two steps. What one of them does not know, such as a price, is not known of both. */
function sum(a: Usage, b: Usage): Usage {
  // Each is a whole number of millionths, which sums of binary fractions miss.
  const cost = (x: number | undefined, y: number | undefined) =>
    x === undefined || y === undefined ? undefined : Math.round((x + y) * 1e6) / 1e6;
  const cached = (x = 0, y = 0) => x + y || undefined;
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    cacheReadTokens: cached(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: cached(a.cacheWriteTokens, b.cacheWriteTokens),
    cacheWrite1hTokens: cached(a.cacheWrite1hTokens, b.cacheWrite1hTokens),
    costUsd: cost(a.costUsd, b.costUsd),
  };
}
