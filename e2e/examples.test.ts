import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text as readText } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConfigName } from './configs.ts';
import { type System, startSystem } from './harness.ts';

const examples = join(import.meta.dirname, '../packages/client-sdk/examples');

/** Starts an example by the command in its first lines, with a key of the system. */
function start(
  { url, keyValue }: System,
  key: string,
  example: string,
  { args = [], environment = {} }: { args?: string[]; environment?: Record<string, string> } = {},
) {
  const child = spawn(process.execPath, [join(examples, example), ...args], {
    env: {
      ...process.env,
      BEDROCK_PROXY_URL: url,
      BEDROCK_PROXY_API_KEY: keyValue(key),
      ...environment,
    },
  });
  onTestFinished(() => void child.kill());
  return child;
}

describe('the service', () => {
  async function startService(system: System, key: string) {
    const service = start(system, key, 'service.ts', { environment: { PORT: '0' } });
    const log = readText(service.stderr);
    const [line] = await once(createInterface(service.stdout), 'line');
    const ask = async (question: string) => {
      const response = await fetch(line.replace('Listening on ', ''), { method: 'POST', body: question });
      return { status: response.status, headers: response.headers, body: await response.json() };
    };
    const stop = async () => {
      service.kill();
      return log;
    };
    return { ask, stop };
  }

  test('answers, and explains in its own words what its user can do about an error', async () => {
    const system = await startSystem('counted');
    const { ask, stop } = await startService(system, 'shared-key');
    expect(await ask('What is a dystopia?')).toMatchObject({
      status: 200,
      body: { answer: expect.stringContaining('What is a dystopia?'), cutOff: false },
    });
    expect(await ask('')).toMatchObject({ status: 400, body: { error: 'bad_question' } });
    system.bedrock.failNext({ kind: 'exception', name: 'AccessDeniedException' });
    expect(await ask('Hi')).toMatchObject({ status: 500, body: { error: 'broken' } });
    for (let asked = 1; asked < 5; asked += 1) await ask('Hi');
    expect(await ask('Hi')).toMatchObject({
      status: 503,
      body: { error: 'used_up', backAt: '2026-11-23T00:00:00.000Z' },
    });
    expect(JSON.parse(await stop())).toMatchObject({ code: 'model_unavailable', status: 503 });
  });

  test('reports a question that is too long for a limit, and gives no reset time for a limit of 0', async () => {
    const thrifty = await startService(await startSystem('counted'), 'thrifty-key');
    expect(await thrifty.ask('x'.repeat(2000))).toMatchObject({
      status: 400,
      body: { error: 'bad_question' },
    });
    const closed = await startService(await startSystem('faulty'), 'closed');
    expect((await closed.ask('Hi')).body).toEqual({ error: 'used_up', message: expect.any(String) });
  });

  test('says when to retry if there are too many calls at once', async () => {
    const system = await startSystem('tight');
    const { ask } = await startService(system, 'hasty-key');
    const replies = await Promise.all([ask('a'), ask('b'), ask('c')]);
    const refused = replies.find(({ status }) => status === 503);
    expect(refused?.body).toMatchObject({ error: 'busy' });
    expect(refused?.headers.get('retry-after')).toBe('1');
  });
});

describe('the chat', () => {
  /** The chat's output for these lines. */
  async function chat(system: System, key: string, ...lines: string[]) {
    const child = start(system, key, 'chat.ts');
    child.stdin.end(`${lines.join('\n')}\n`);
    const [stdout, stderr, [code]] = await Promise.all([
      readText(child.stdout),
      readText(child.stderr),
      once(child, 'exit'),
    ]);
    expect([stderr, code]).toEqual(['', 0]);
    return stdout;
  }

  test('remembers the conversation', async () => {
    const system = await startSystem('counted');
    system.bedrock.answerNext({ deltas: ['A bad ', 'place.'] }, { deltas: ['A good one.'] });
    const written = await chat(system, 'thrifty-key', 'What is a dystopia?', 'And a utopia?');
    expect(written).toBe('> A bad place.\n> A good one.\n> ');
    expect(JSON.parse(system.bedrock.received[1]?.text ?? '')).toMatchObject({
      messages: [
        { role: 'user', content: [{ text: 'What is a dystopia?' }] },
        { role: 'assistant', content: [{ text: 'A bad place.' }] },
        { role: 'user', content: [{ text: 'And a utopia?' }] },
      ],
    });
  });

  test('continues after an error, but not after a used-up quota', async () => {
    const system = await startSystem('counted');
    system.bedrock.failNext({ kind: 'exception', name: 'ValidationException' });
    system.bedrock.answerNext({ deltas: ['Two.'] }, { deltas: ['Three.'] });
    const written = await chat(system, 'other-key', 'One?', 'Two?', 'Three?', 'Four?', 'Five?');
    expect(written).toMatch(
      /^> \n\[The model refused .+\]\n> Two\.\n> Three\.\n> \n\[.+ 2 of 2 requests .+\]\n$/,
    );
    expect(system.bedrock.received).toHaveLength(3);
  });
});

describe('the batch job', () => {
  async function batchOf(config: ConfigName, key: string, questions: readonly string[]) {
    const system = await startSystem(config);
    const directory = await mkdtemp(join(tmpdir(), 'bedrock-client-batch-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const [questionsFile, stateFile] = [join(directory, 'questions.txt'), join(directory, 'state.json')];
    const write = (lines: readonly string[]) => writeFile(questionsFile, `${lines.join('\n')}\n`);
    await write(questions);
    return {
      system,
      write,
      questionsAsked: () =>
        system.bedrock.received.map(({ text }) => JSON.parse(text).messages[0].content[0].text),
      answers: async () => JSON.parse(await readFile(stateFile, 'utf8')).answers,
      /** Runs the job at a time, which is the gateway's too. */
      async runAt(time: string) {
        system.setTime(time);
        const job = start(system, key, 'batch.ts', {
          args: [questionsFile, stateFile],
          environment: { NODE_OPTIONS: `--import=data:text/javascript,Date.now=()=>${Date.parse(time)}` },
        });
        const [stdout, stderr, [code]] = await Promise.all([
          readText(job.stdout),
          readText(job.stderr),
          once(job, 'exit'),
        ]);
        return { stdout, stderr, code };
      },
    };
  }

  test('stops at the quota, costs nothing until the reset, and then continues where it stopped', async () => {
    const questions = Array.from({ length: 7 }, (_, index) => `Question ${index + 1}?`);
    const { system, runAt, questionsAsked, answers } = await batchOf('counted', 'shared-key', questions);
    const stopped = {
      stdout: '5 of 7 answered. Start again after 2026-11-23T00:00:00.000Z.\n',
      stderr: '',
      code: 75,
    };
    expect(await runAt('2026-11-22T12:00:00Z')).toEqual(stopped);
    expect(questionsAsked()).toEqual(questions.slice(0, 5));

    const { limits } = await system.client('shared-key').client.usage();
    expect(await runAt('2026-11-22T23:59:59Z')).toEqual(stopped);
    expect(await system.client('shared-key').client.usage()).toMatchObject({ limits });

    const done = { stdout: '7 of 7 answered.\n', stderr: '', code: 0 };
    expect(await runAt('2026-11-23T00:00:00Z')).toEqual(done);
    expect(questionsAsked()).toEqual(questions);
    expect(await answers()).toHaveLength(7);
    expect((await answers())[6]).toContain('Question 7?');
  });

  test('skips a question that is too long for a limit, and asks it again when it is shorter', async () => {
    const { runAt, write, questionsAsked, answers } = await batchOf('counted', 'thrifty-key', [
      'One?',
      'x'.repeat(2000),
      'Three?',
    ]);
    const refused = {
      stdout: '2 of 3 answered. Shorten the others, then start again.\n',
      stderr: expect.stringMatching(/^Question 2: The call may need 2344 tokens.*\n$/),
      code: 65,
    };
    expect(await runAt('2026-11-22T12:00:00Z')).toEqual(refused);
    expect(await runAt('2026-11-22T12:00:01Z')).toEqual(refused);
    expect(await answers()).toEqual([expect.any(String), null, expect.any(String)]);

    await write(['One?', 'Two?', 'Three?']);
    expect(await runAt('2026-11-22T12:00:02Z')).toMatchObject({ stdout: '3 of 3 answered.\n', code: 0 });
    expect(questionsAsked()).toEqual(['One?', 'Three?', 'Two?']);
  });

  test('does not say to start again if a limit of 0 admits nothing', async () => {
    const { runAt } = await batchOf('faulty', 'closed', ['One?']);
    expect(await runAt('2026-11-22T12:00:00Z')).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('is 0, so every call is refused. Ask the operator.'),
      code: 1,
    });
  });
});
