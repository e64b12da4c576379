/**
 * A batch job that asks one question for each line of a file. At the quota it stops, and says when to start it again:
 * then it goes on where it was. Until then, starting it costs no request. It goes past a question that is too long, and
 * asks it when it is started again.
 *
 *   BEDROCK_PROXY_URL=... BEDROCK_PROXY_API_KEY=... node batch.ts questions.txt state.json
 *
 * In a project of yours with `"type": "module"` and @org/bedrock-client installed, on Node 22.18 or newer, which runs
 * TypeScript as it is.
 *
 * Ends with 0 where it is done; with 75 ("try again later") where it has to be started again, as cron jobs do; and with
 * 65 ("data error") where some questions are too long.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type BedrockProxyErrorCode, createBedrockClient } from '@org/bedrock-client';

interface State {
  /** In the order of the questions; null where one is too long. */
  answers: (string | null)[];
  /** When the quota resets that was met, as ISO 8601. */
  resumeAt?: string;
}

const [questionsFile = 'questions.txt', stateFile = 'state.json'] = process.argv.slice(2);
const questions = readFileSync(questionsFile, 'utf8').split('\n').filter(Boolean);
const state: State = existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) : { answers: [] };

/** In one step, so that a job that is killed never leaves half a file. */
function save(): void {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
}

function end(exitCode: number, whatToDo = ''): void {
  process.exitCode = exitCode;
  const answered = state.answers.filter((answer) => answer !== null).length;
  process.stdout.write(`${answered} of ${questions.length} answered.${whatToDo}\n`);
}

function stopUntilReset(): void {
  end(75, ` Start again after ${state.resumeAt}.`);
}

/** The next question may fit, so it does not have to wait for this one. */
function isTooLong(code: BedrockProxyErrorCode): boolean {
  return code === 'exceeds_limit' || code === 'context_too_long' || code === 'request_too_large';
}

async function run(): Promise<void> {
  const client = createBedrockClient();
  for (const [index, question] of questions.entries()) {
    if (typeof state.answers[index] === 'string') continue;
    const { ok, value, error } = await client.safeAsk('nova-lite', question, { maxTokens: 200 });
    if (ok) {
      // Saved after each: an answer that was paid for is never asked for again.
      state.answers[index] = value.text;
      delete state.resumeAt;
      save();
    } else if (isTooLong(error.code)) {
      state.answers[index] = null;
      process.stderr.write(`Question ${index + 1}: ${error.message}\n`);
    } else if (error.code === 'quota_exceeded' && error.max !== 0) {
      // API Gateway's own quota does not say when it resets: then look again in an hour.
      state.resumeAt = (error.resetsAt ?? new Date(Date.now() + 3_600_000)).toISOString();
      save();
      return stopUntilReset();
    } else {
      throw error;
    }
  }
  if (state.answers.includes(null)) end(65, ' Shorten the others, then start again.');
  else end(0);
}

if (state.resumeAt !== undefined && Date.now() < Date.parse(state.resumeAt)) {
  stopUntilReset();
} else {
  await run();
}
