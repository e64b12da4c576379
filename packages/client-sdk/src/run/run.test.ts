import { AskRequestSchema } from '@org/contract';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { gate } from '../../test/gate.ts';
import {
  answer,
  answerOf,
  call,
  envelope,
  type Handler,
  inTurn,
  type ReceivedCall,
  readLimits,
  reply,
  replying,
} from '../../test/loopback-server.ts';
import { scene } from '../../test/scene.ts';
import { AbortedError, MaxStepsError } from '../errors/errors.ts';
import { ToolError } from '../errors/tool-error.ts';
import { tool } from '../options/tool.ts';
import { runProgress } from './run-progress.ts';

const city = z.object({ city: z.string() });
const inputSchema = { type: 'object', properties: { city: { type: 'string' } } };
const weather = tool({ name: 'weather', input: city, inputSchema, run: ({ city }) => `Sunny in ${city}.` });
const final = answerOf({ type: 'text', text: 'No coat.' });
const inOslo = call('1', 'weather', { city: 'Oslo' });

const bodies = (calls: readonly ReceivedCall[]) =>
  calls.map(({ body }) => {
    const sent = JSON.parse(body);
    expect(AskRequestSchema.safeParse(sent).error).toBeUndefined();
    return sent;
  });

/** What the model reads of a tool whose `run` does this. */
async function resultOf(run: () => unknown) {
  const { client } = await scene(inTurn(answerOf(call('1', 'do')), final));
  const tools = [tool({ name: 'do', inputSchema: { type: 'object' }, run })];
  const { steps } = await client.run('llama', 'Do it.', { tools });
  return steps[0]?.results[0];
}

describe('a run', () => {
  test('calls the tool that the model calls, sends its result, and returns the last answer', async () => {
    const { client, calls } = await scene(inTurn(answerOf(inOslo), final));
    const result = await client.run('llama', 'Do I need a coat?', { tools: [weather], maxTokens: 50 });
    const question = { role: 'user', content: 'Do I need a coat?' };
    const called = { role: 'assistant', content: [inOslo] };
    const results = [{ type: 'tool_result', id: '1', content: 'Sunny in Oslo.' }];
    const declared = { model: 'llama', tools: [{ name: 'weather', inputSchema }], maxTokens: 50 };
    expect(bodies(calls)).toEqual([
      { ...declared, question: 'Do I need a coat?' },
      { ...declared, messages: [question, called, { role: 'user', content: results }] },
    ]);
    expect(result).toEqual({
      model: 'llama',
      modelId: answer.modelId,
      text: 'No coat.',
      content: final.content,
      stopReason: 'end_turn',
      usage: { inputTokens: 10, outputTokens: 8, totalTokens: 18, costUsd: 0.000012 },
      limits: readLimits,
      messages: [
        question,
        called,
        { role: 'user', content: results },
        { role: 'assistant', content: final.content },
      ],
      steps: [
        {
          answer: expect.objectContaining({ stopReason: 'tool_use' }),
          results: [{ call: inOslo, result: results[0] }],
        },
        { answer: expect.objectContaining({ text: 'No coat.', attempts: 1 }), results: [] },
      ],
      requestIds: ['request-1', 'request-1'],
    });
  });

  test('costs the sum of its steps, to the millionth', async () => {
    const costing = (costUsd: number) => ({ usage: { ...answer.usage, costUsd } });
    const { client } = await scene(
      inTurn({ ...answerOf(inOslo), ...costing(0.001234) }, { ...final, ...costing(0.000055) }),
    );
    const { usage } = await client.run('llama', 'Do I need a coat?', { tools: [weather] });
    expect(usage.costUsd).toBe(0.001289);
  });

  test('of a model that calls nothing is one ask, with or without tools', async () => {
    const { client, calls } = await scene(replying(200, answer));
    expect(await client.run('llama', 'Hi')).toMatchObject({ text: 'A bad place.', steps: [{ results: [] }] });
    expect(bodies(calls)).toEqual([{ model: 'llama', question: 'Hi' }]);
  });

  test('goes on from earlier turns, be they of text', async () => {
    const { client, calls } = await scene(replying(200, answer));
    const { messages } = await client.run('llama', 'Hi');
    const more = await client.run('llama', 'And?', { messages });
    const history = [
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'A bad place.' },
    ] as const;
    await client.run('llama', 'And?', { history });
    const [, second, third] = bodies(calls);
    expect(second).toEqual({ model: 'llama', question: 'And?', messages });
    expect(third.messages).toEqual(history.map(({ role, text }) => ({ role, content: text })));
    expect(more.messages).toHaveLength(4);
  });

  test('sends thoughts back as they came, and no text that is empty', async () => {
    const thought = { type: 'reasoning', text: '', signature: 'c2ln' } as const;
    const redacted = { type: 'redacted_reasoning', data: 'AAAA' } as const;
    const { client, calls } = await scene(
      inTurn(answerOf(thought, redacted, { type: 'text', text: '\n' }, inOslo), final),
    );
    await client.run('llama', 'Hi', { tools: [weather] });
    expect(bodies(calls)[1].messages[1].content).toEqual([thought, redacted, inOslo]);
  });

  test('runs the tools of one answer at the same time, and sends their results in the order of the calls', async () => {
    const { client, calls } = await scene(inTurn(answerOf(call('1', 'wait'), call('2', 'go')), final));
    const { opened, open } = gate();
    const declared = { inputSchema: { type: 'object' } };
    const tools = [
      tool({ ...declared, name: 'wait', run: () => opened.then(() => 'waited') }),
      tool({ ...declared, name: 'go', run: () => open() }),
    ];
    await client.run('llama', 'Hi', { tools });
    expect(bodies(calls)[1].messages[2].content).toEqual([
      { type: 'tool_result', id: '1', content: 'waited' },
      { type: 'tool_result', id: '2', content: '' },
    ]);
  });

  test('repeats each step by itself, and tells hooks of each', async () => {
    const refused: Handler = (response) => reply(response, 429, envelope('rate_limited'));
    const onSuccess = vi.fn();
    const { client, waits } = await scene(inTurn(refused, answerOf(inOslo), refused, final), {
      maxRetries: 1,
      hooks: { onSuccess },
    });
    const { steps } = await client.run('llama', 'Hi', { tools: [weather] });
    expect(steps.map(({ answer }) => answer.attempts)).toEqual([2, 2]);
    expect(waits).toHaveLength(2);
    expect(onSuccess).toHaveBeenCalledTimes(2);
  });

  test('must call a tool in its first step only, or it would never end', async () => {
    const { client, calls } = await scene(inTurn(answerOf(inOslo), final));
    await client.run('llama', 'Hi', { tools: [weather], toolChoice: { name: 'weather' } });
    const [first, second] = bodies(calls);
    expect(first.toolChoice).toEqual({ name: 'weather' });
    expect(second).not.toHaveProperty('toolChoice');
  });

  test('with a schema checks the last answer alone, and gives it its type', async () => {
    const { client } = await scene(inTurn(answerOf(inOslo), { ...final, output: { city: 'Oslo' } }));
    const options = { tools: [weather], schema: city, outputSchema: inputSchema };
    const { output, steps } = await client.run('llama', 'Where?', options);
    expect(output.city).toBe('Oslo');
    expect(steps[0]?.answer).not.toHaveProperty('output');
  });

  test('whose last answer does not fit the schema fails, and keeps what was done', async () => {
    const { client } = await scene(inTurn(answerOf(inOslo), { ...final, output: {} }));
    const options = { tools: [weather], schema: city, outputSchema: inputSchema };
    const error: unknown = await client.run('llama', 'Where?', options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'OutputValidationError' });
    expect(runProgress(error)).toMatchObject({ steps: [{ results: [{ call: inOslo }] }] });
  });

  test('ends with an answer that is cut off, whose unfinished call the proxy leaves out', async () => {
    const cut = { ...answerOf({ type: 'text', text: 'I will look' }), stopReason: 'max_tokens' };
    const { client, calls } = await scene(replying(200, cut));
    const result = await client.run('llama', 'Hi', { tools: [weather] });
    expect(result).toMatchObject({ text: 'I will look', stopReason: 'max_tokens' });
    expect(calls).toHaveLength(1);
  });

  test('ends where the model calls a tool that is only declared, with the results of the others', async () => {
    const ask = call('2', 'ask_user');
    const { client } = await scene(replying(200, answerOf(inOslo, ask)));
    const tools = [weather, tool({ name: 'ask_user', inputSchema: { type: 'object' } })];
    const { content, messages, steps, stopReason } = await client.run('llama', 'Hi', { tools });
    expect(stopReason).toBe('tool_use');
    expect(content).toEqual([inOslo, ask]);
    expect(messages.at(-1)).toEqual({ role: 'assistant', content: [inOslo, ask] });
    expect(steps[0]?.results.map(({ call }) => call)).toEqual([inOslo]);
  });

  test('that ends so has no output, which is an error where there is a schema', async () => {
    const { client } = await scene(replying(200, answerOf(call('1', 'ask_user'))));
    const tools = [tool({ name: 'ask_user', inputSchema: { type: 'object' } })];
    const run = client.run('llama', 'Hi', { tools, schema: city, outputSchema: inputSchema });
    await expect(run).rejects.toMatchObject({ name: 'OutputValidationError', stopReason: 'tool_use' });
  });

  test.each([
    ['nothing', []],
    ['thoughts alone', [{ type: 'reasoning', text: 'Hm.' } as const]],
  ])('that ends in %s returns it, and leaves it out of the messages', async (_, content) => {
    const { client } = await scene(inTurn(answerOf(inOslo), answerOf(...content)));
    const earlier = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
    ] as const;
    const result = await client.run('llama', 'And?', { tools: [weather], messages: earlier });
    expect(result).toMatchObject({ content, messages: earlier, steps: [{}, {}] });
  });
});

describe('what the model reads of a tool', () => {
  test.each<[string, unknown, unknown]>([
    ['a string', 'Sunny.', 'Sunny.'],
    ['nothing', undefined, ''],
    ['data', { celsius: [21] }, '{"celsius":[21]}'],
    ['a list', [1, 2], '[1,2]'],
    ['an empty list', [], '[]'],
    ['a list of what only looks like blocks', [{ type: 'text' }], '[{"type":"text"}]'],
    ['blocks', [{ type: 'json', json: 1 }], [{ type: 'json', json: 1 }]],
    [
      'an image',
      [{ type: 'image', data: new Blob([Uint8Array.of(1)], { type: 'image/png' }) }],
      [{ type: 'image', format: 'png', data: 'AQ==' }],
    ],
  ])('%s is what it returns', async (_, returned, content) => {
    expect((await resultOf(async () => returned))?.result).toEqual({ type: 'tool_result', id: '1', content });
  });

  test('the message of a ToolError is for it', async () => {
    const error = new ToolError('There is no order 7.');
    expect(await resultOf(() => Promise.reject(error))).toMatchObject({
      result: { content: 'There is no order 7.', isError: true },
      error,
    });
  });

  test.each([
    ['an error', () => Promise.reject(new Error('Cannot connect to db.internal'))],
    ['what is not JSON', () => 7n],
    ['an image that is none', () => [{ type: 'image', format: 'png', data: 7 }]],
  ])('%s only says that the tool failed, because the message may be private', async (_, run) => {
    const outcome = await resultOf(run);
    expect(outcome?.result).toEqual({
      type: 'tool_result',
      id: '1',
      content: 'The tool failed.',
      isError: true,
    });
    expect(outcome?.error).toBeInstanceOf(Error);
  });

  test('input that does not fit says where, so that the model can correct it', async () => {
    const bad = call('1', 'weather', { city: 7 });
    const { client, calls } = await scene(inTurn(answerOf(bad), answerOf(inOslo), final));
    await client.run('llama', 'Hi', { tools: [weather] });
    expect(bodies(calls)[1].messages[2].content).toEqual([
      {
        type: 'tool_result',
        id: '1',
        content: expect.stringMatching(/^The input does not fit the schema of the tool\. city: ./),
        isError: true,
      },
    ]);
  });

  test('a tool that does not exist is an error that says so', async () => {
    const { client, calls } = await scene(inTurn(answerOf(call('1', 'magic')), final));
    await client.run('llama', 'Hi', { tools: [weather] });
    expect(bodies(calls)[1].messages[2].content).toMatchObject([
      { content: 'There is no tool magic.', isError: true },
    ]);
  });
});

describe('a run that fails', () => {
  const failed = async (handler: Handler, options: object = {}) => {
    const { client, calls } = await scene(handler);
    const run = client.run('llama', 'Hi', { tools: [weather], ...options });
    const error: unknown = await run.catch((thrown: unknown) => thrown);
    return { client, calls, error, progress: runProgress(error) };
  };

  test('says what was done, and goes on from there', async () => {
    let full = true;
    const { client, calls, error, progress } = await failed((response, attempt) => {
      if (attempt === 1) reply(response, 200, answerOf(inOslo));
      else if (full) reply(response, 429, envelope('quota_exceeded'));
      else reply(response, 200, final);
    });
    expect(error).toMatchObject({ name: 'QuotaExceededError' });
    expect(progress).toMatchObject({
      steps: [{ results: [{ call: inOslo }] }],
      usage: { totalTokens: 9 },
      requestIds: ['request-1'],
    });
    full = false;
    const { question = '', messages } = progress ?? {};
    const { text } = await client.run('llama', question, { tools: [weather], messages });
    expect(text).toBe('No coat.');
    expect(calls[2]?.body).toBe(calls[1]?.body);
  });

  test('in its first step has done nothing, and still says with what to go on', async () => {
    const { progress } = await failed(replying(401, envelope('unauthenticated')));
    expect(progress).toEqual({
      question: 'Hi',
      messages: [],
      steps: [],
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
      requestIds: [],
    });
  });

  test('has its progress not in the error, which may be logged', async () => {
    const { error } = await failed(
      inTurn(answerOf(inOslo), (response) => reply(response, 401, envelope('unauthenticated'))),
    );
    expect(JSON.stringify(error)).not.toContain('Oslo');
    expect(runProgress(new Error('Another.'))).toBeUndefined();
    expect(runProgress(undefined)).toBeUndefined();
  });

  test('after so many steps has run the last tools too', async () => {
    const { calls, error, progress } = await failed(replying(200, answerOf(inOslo)), { maxSteps: 2 });
    expect(calls).toHaveLength(2);
    expect(error).toBeInstanceOf(MaxStepsError);
    expect(error).toMatchObject({ code: 'max_steps', maxSteps: 2, requestId: 'request-1' });
    expect(progress?.messages).toHaveLength(4);
    expect(progress?.question).toEqual([{ type: 'tool_result', id: '1', content: 'Sunny in Oslo.' }]);
    const { error: ofOne } = await failed(replying(200, answerOf(inOslo)), { maxSteps: 1 });
    expect(ofOne).toMatchObject({ message: expect.stringContaining('after 1 step.') });
  });

  test('by its signal does not wait for a tool, which hears of it', async () => {
    const { opened, open } = gate();
    let heard: unknown;
    const hanging = tool({
      name: 'weather',
      inputSchema,
      run: (_, { signal }) => {
        signal.addEventListener('abort', () => {
          heard = signal.reason;
        });
        open();
        return new Promise(() => {});
      },
    });
    const controller = new AbortController();
    const running = failed(replying(200, answerOf(inOslo)), { tools: [hanging], signal: controller.signal });
    await Promise.race([opened, running]);
    const reason = new Error('The user left.');
    controller.abort(reason);
    const { error, progress } = await running;
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ cause: reason });
    expect(heard).toBe(reason);
    expect(progress).toMatchObject({ question: 'Hi', steps: [{ results: [] }] });
  });

  test.each<[object | null, string]>([
    [null, 'options must be an object.'],
    [{ maxSteps: 0 }, 'maxSteps must be a whole number, 1 or more.'],
    [{ maxSteps: '5' }, 'maxSteps must be a whole number, 1 or more.'],
    [{ history: [], messages: [] }, 'history cannot be combined with messages.'],
    [{ history: [null] }, 'history.0 must be an object.'],
    [{ tools: [null] }, 'tools.0 must be an object.'],
  ])('because an option is wrong has sent nothing: %j', async (options, message) => {
    const { client, calls } = await scene(replying(200, answer));
    const run = Reflect.apply(client.run, client, ['llama', 'Hi', options]);
    await expect(run).rejects.toMatchObject({ code: 'invalid_configuration', message });
    expect(calls).toEqual([]);
  });
});
