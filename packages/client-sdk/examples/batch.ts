/**
 * A batch job that asks one question for each line of a file. At the quota it stops, and says when to start it again:
 * then it goes on where it was. Until then, starting it costs no request.
 *
 *   BEDROCK_PROXY_URL=... BEDROCK_PROXY_API_KEY=... node batch.ts questions.txt state.json
 *
 * In a project of yours with `"type": "module"` and @org/bedrock-client installed, on Node 22.18 or newer, which runs
 * TypeScript as it is.
 *
 * Ends with 0 where it is done, and with 75 ("try again later") where it has to be started again, as cron jobs do.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createBedrockClient } from '@org/bedrock-client';

interface State {
  /** In the order of the questions. */
  answers: string[];
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

function stopUntilReset(): void {
  process.exitCode = 75;
  process.stdout.write(
    `${state.answers.length} of ${questions.length} answered. Start again after ${state.resumeAt}.\n`,
  );
}

async function run(): Promise<void> {
  const client = createBedrockClient();
  for (const question of questions.slice(state.answers.length)) {
    const { ok, value, error } = await client.safeAsk('nova-lite', question, { maxTokens: 200 });
    if (ok) {
      // Saved after each: an answer that was paid for is never asked for again.
      state.answers.push(value.text);
      delete state.resumeAt;
      save();
    } else if (error.code === 'quota_exceeded') {
      // API Gateway's own quota does not say when it resets: then look again in an hour.
      state.resumeAt = (error.resetsAt ?? new Date(Date.now() + 3_600_000)).toISOString();
      save();
      return stopUntilReset();
    } else {
      throw error;
    }
  }
  process.stdout.write(`${questions.length} of ${questions.length} answered.\n`);
}

if (state.resumeAt !== undefined && Date.now() < Date.parse(state.resumeAt)) {
  stopUntilReset();
} else {
  await run();
}
