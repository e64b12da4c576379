import type { Message } from '@org/contract';
import { expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { gate } from '../../test/gate.ts';
import {
  answer,
  answerOf,
  beginStream,
  call,
  envelope,
  events,
  type Handler,
  inTurn,
  reply,
  replying,
  streaming,
} from '../../test/loopback-server.ts';
import { scene } from '../../test/scene.ts';
import { ConversationBusyError } from '../errors/errors.ts';
import { tool } from '../options/tool.ts';
import { runProgress } from './run-progress.ts';

const [start, delta, , done] = events;
const said = { role: 'assistant', content: answer.content } as const;
const asked = (content: Message['content']): Message => ({ role: 'user', content });
const inputSchema = { type: 'object' };
const refused: Handler = (response) => reply(response, 429, envelope('quota_exceeded'));

async function conversing(handler: Handler, options: object = {}) {
  const { client, calls } = await scene(handler);
  const conversation = client.conversation('llama', options);
  return { client, calls, conversation, bodies: () => calls.map(({ body }) => JSON.parse(body)) };
}

test('a conversation sends every turn before the question, and remembers it with its answer', async () => {
  const { conversation, bodies } = await conversing(replying(200, answer), { system: 'Be brief.' });
  expect(conversation.messages).toEqual([]);
  expect((await conversation.ask('Hi')).text).toBe('A bad place.');
  await conversation.ask('And?', { maxTokens: 5 });
  expect(bodies()).toEqual([
    { model: 'llama', system: 'Be brief.', question: 'Hi' },
    { model: 'llama', system: 'Be brief.', maxTokens: 5, question: 'And?', messages: [asked('Hi'), said] },
  ]);
  expect(conversation.messages).toEqual([asked('Hi'), said, asked('And?'), said]);
});

test('a conversation that was kept as JSON goes on in another, files included', async () => {
  const { client, conversation, bodies } = await conversing(replying(200, answer));
  const data = new Blob([Uint8Array.of(1)], { type: 'image/png' });
  await conversation.ask([
    { type: 'text', text: 'What is this?' },
    { type: 'image', data },
  ]);
  const messages: Message[] = JSON.parse(JSON.stringify(conversation.messages));
  await client.conversation('llama', { messages }).ask('And?');
  const image = { type: 'image', format: 'png', data: 'AQ==' };
  expect(bodies()[1].messages).toEqual([
    asked([{ type: 'text', text: 'What is this?' }, image as never]),
    said,
  ]);
});

test.each<[string, Handler]>([
  ['an error', refused],
  ['an answer that is empty', replying(200, answerOf())],
  ['an answer of white space', replying(200, answerOf({ type: 'text', text: ' \n' }))],
  ['an answer of thoughts alone', replying(200, answerOf({ type: 'reasoning', text: 'Hm.' }))],
  ['a guardrail', replying(200, { ...answer, stopReason: 'guardrail_intervened' })],
  ['a filter', replying(200, { ...answer, stopReason: 'content_filtered' })],
])('%s leaves the conversation as it was, so that it can go on', async (_, handler) => {
  const { conversation, bodies } = await conversing(inTurn(answer, handler, answer), {
    tools: [tool({ name: 'do', inputSchema, run: () => 'Done.' })],
  });
  await conversation.ask('Hi');
  await conversation.ask('What?').catch(() => {});
  expect(conversation.messages).toEqual([asked('Hi'), said]);
  await conversation.ask('And?');
  expect(bodies()[2]).toMatchObject({ question: 'And?', messages: [asked('Hi'), said] });
});

test('an answer that is cut off is remembered, as far as it came', async () => {
  const { conversation } = await conversing(replying(200, { ...answer, stopReason: 'max_tokens' }));
  await conversation.ask('Hi');
  expect(conversation.messages).toEqual([asked('Hi'), said]);
});

test('tools of the conversation are run, and all of it is remembered', async () => {
  const tools = [tool({ name: 'do', inputSchema, run: () => 'Done.' })];
  const { conversation } = await conversing(inTurn(answerOf(call('1', 'do')), answer), { tools });
  expect((await conversation.ask('Do it.')).steps).toHaveLength(2);
  expect(conversation.messages).toEqual([
    asked('Do it.'),
    { role: 'assistant', content: [call('1', 'do')] },
    asked([{ type: 'tool_result', id: '1', content: 'Done.' }]),
    said,
  ]);
});

test('a run that fails after some steps is not remembered, but its error says how far it came', async () => {
  const tools = [tool({ name: 'do', inputSchema, run: () => 'Done.' })];
  const { conversation } = await conversing(inTurn(answerOf(call('1', 'do')), refused), { tools });
  const error: unknown = await conversation.ask('Do it.').catch((thrown: unknown) => thrown);
  expect(conversation.messages).toEqual([]);
  expect(runProgress(error)?.steps).toHaveLength(1);
});

test('after a call of a tool that is only declared, the next question must have its result', async () => {
  const tools = [tool({ name: 'ask_user', inputSchema })];
  const { conversation, calls } = await conversing(inTurn(answerOf(call('1', 'ask_user')), answer), {
    tools,
  });
  expect((await conversation.ask('Hi')).stopReason).toBe('tool_use');
  const other = { type: 'tool_result', id: '2', content: 'Yes.' } as const;
  for (const question of ['And?', [other]]) {
    await expect(conversation.ask(question)).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: 'question must have a tool_result for every call of a tool in the last answer.',
    });
    await expect(conversation.stream(question).final()).rejects.toMatchObject({ field: 'question' });
  }
  expect(calls).toHaveLength(1);
  await conversation.ask([{ ...other, id: '1' }]);
  expect(conversation.messages).toHaveLength(4);
});

test('an output that has the type of a schema is remembered as the text that it was', async () => {
  const text = '{"city":"Oslo"}';
  const { conversation } = await conversing(
    replying(200, { ...answerOf({ type: 'text', text }), output: { city: 'Oslo' } }),
  );
  const options = { schema: z.object({ city: z.string() }), outputSchema: inputSchema };
  expect((await conversation.ask('Where?', options)).output.city).toBe('Oslo');
  expect(conversation.messages.at(-1)?.content).toEqual([{ type: 'text', text }]);
});

test('a stream is remembered as soon as its answer is whole', async () => {
  const { conversation, bodies } = await conversing(
    inTurn(streaming(...events), (response) => beginStream(response, ...events)),
  );
  const stream = conversation.stream('Hi', { idleTimeoutMs: 5000 });
  expect(conversation.messages).toEqual([]);
  for await (const event of stream) {
    if (event.type === 'done') expect(conversation.messages).toEqual([asked('Hi'), said]);
  }
  // The response of the second is not at its end yet.
  await conversation.stream('And?').final();
  expect(bodies()[1]).toEqual({ model: 'llama', question: 'And?', messages: [asked('Hi'), said] });
  expect(conversation.messages).toHaveLength(4);
});

test('a stream sends what the conversation is when it is read, not when it was made', async () => {
  const { conversation, bodies } = await conversing(inTurn(answer, streaming(...events)));
  const stream = conversation.stream('And?');
  await conversation.ask('Hi');
  await stream.final();
  expect(bodies()[1]).toMatchObject({ question: 'And?', messages: [asked('Hi'), said] });
});

test.each<[string, Handler]>([
  ['breaks off', streaming(start, delta)],
  ['fails', streaming(start, envelope('model_throttled'))],
  ['is empty', streaming(start, { ...done, content: [] })],
])('a stream that %s is not remembered', async (_, handler) => {
  const { conversation } = await conversing(inTurn(handler, answer));
  await conversation
    .stream('What?')
    .final()
    .catch(() => {});
  expect(conversation.messages).toEqual([]);
  await conversation.ask('Hi');
  expect(conversation.messages).toEqual([asked('Hi'), said]);
});

test('a stream that is left is not remembered, and lets the next question in', async () => {
  const { conversation } = await conversing(
    inTurn((response) => beginStream(response, start, delta), answer),
  );
  const stream = conversation.stream('What?');
  for await (const _ of stream.textStream()) break;
  await expect(stream.final()).rejects.toMatchObject({ code: 'aborted' });
  await conversation.ask('Hi');
  expect(conversation.messages).toEqual([asked('Hi'), said]);
});

test('a stream that is ended while its file is read is never sent', async () => {
  const { conversation, calls } = await conversing(replying(200, answer));
  const data = new Blob([Uint8Array.of(1)], { type: 'image/png' });
  const { opened, open } = gate();
  vi.spyOn(data, 'arrayBuffer').mockReturnValueOnce(opened.then(() => new ArrayBuffer(1)));
  const stream = conversation.stream([{ type: 'image', data }]);
  const final = stream.final();
  stream.abort();
  open();
  await expect(final).rejects.toMatchObject({ code: 'aborted', attempts: 0 });
  expect(calls).toEqual([]);
});

test.each<[object | null | string, string]>([
  [null, 'options must be an object.'],
  [{ messages: 'Hi' }, 'messages must be an array.'],
  [
    { messages: [{ role: 'user', content: 7 }] },
    'messages.0.content must be a string or an array of blocks.',
  ],
  [
    {
      messages: [{ role: 'user', content: [{ type: 'image', data: new Blob([], { type: 'image/png' }) }] }],
    },
    'messages.0.content.0.data must be a string of base64.',
  ],
])('a conversation of wrong options is refused at once: %j', async (options, message) => {
  const { client } = await conversing(replying(200, answer));
  expect(() => Reflect.apply(client.conversation, client, ['llama', options])).toThrow(message);
});

test('a wrong argument of a stream is thrown at once', async () => {
  const { conversation } = await conversing(replying(200, answer));
  expect(() => Reflect.apply(conversation.stream, undefined, [7])).toThrow('question must be a string');
  expect(() => Reflect.apply(conversation.stream, undefined, ['Hi', { stop: 'END' }])).toThrow(
    'stop must be',
  );
});

test('a second question at the same time is refused, and does no harm', async () => {
  const { opened, open } = gate();
  const { conversation, calls } = await conversing(
    (response) => void opened.then(() => reply(response, 200, answer)),
  );
  const first = conversation.ask('Hi');
  await expect(conversation.ask('And?')).rejects.toBeInstanceOf(ConversationBusyError);
  await expect(conversation.stream('And?').final()).rejects.toMatchObject({ code: 'conversation_busy' });
  open();
  await first;
  expect(conversation.messages).toEqual([asked('Hi'), said]);
  expect(calls).toHaveLength(1);
});

test('a stream that is not read does not keep the conversation busy', async () => {
  const { conversation } = await conversing(replying(200, answer));
  conversation.stream('What?');
  conversation.stream('What?').abort();
  await conversation.ask('Hi');
  expect(conversation.messages).toHaveLength(2);
});
