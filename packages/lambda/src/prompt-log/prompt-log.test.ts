import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { AskEvent } from '../call/ask.ts';
import type { ModelCall } from '../call/call.ts';
import type { RequestLog } from '../log/request-log.ts';
import { saying } from '../testing/request.ts';
import { call as question } from '../testing/upstream-call.ts';
import { createPromptLog, mostCharacters } from './prompt-log.ts';
import type { PutObject } from './put-object.ts';

const log: RequestLog = { requestId: 'request-1', team: 'acme', plan: 'small', keyId: 'key1', status: 200 };
const Record = z.looseObject({ request: z.unknown(), answer: z.optional(z.unknown()) });

/** What is kept of an ask. The first puts fail. */
async function recorded(
  events: readonly AskEvent[],
  { call = question, plans, failures = 0 }: { call?: ModelCall; plans?: string[]; failures?: number } = {},
) {
  const objects: { readonly key: string; readonly record: z.infer<typeof Record> }[] = [];
  const lines: string[] = [];
  let failing = failures;
  const put: PutObject = async (key, body) => {
    failing -= 1;
    if (failing >= 0) throw Object.assign(new Error('canary'), { name: 'SlowDown' });
    objects.push({ key, record: z.parse(Record, JSON.parse(Buffer.from(body).toString())) });
  };
  const observer = createPromptLog({
    ...{ put, plans, config: { metrics: 'proxy-test' }, now: () => 0 },
    write: (line) => lines.push(line),
  })({ log, at: Date.parse('2026-11-30T23:59:59Z') });
  for (const event of [{ type: 'admitted', call, warnings: [] } as const, ...events]) observer?.note(event);
  await observer?.report(new AbortController().signal);
  return { objects, lines, record: objects[0]?.record };
}

test('an object is named by team and day, and has who asked, the request and the answer', async () => {
  const { objects } = await recorded(saying(['Ble', 'ak.']));
  expect(objects).toEqual([
    {
      key: 'calls/team=acme/day=2026-11-30/request-1.json',
      record: {
        ...log,
        time: '2026-11-30T23:59:59.000Z',
        request: question,
        answer: { blocks: [{ type: 'text', text: 'Bleak.' }] },
      },
    },
  ]);
});

test('only the named plans are kept', async () => {
  expect((await recorded([], { plans: ['large'] })).objects).toEqual([]);
  expect((await recorded([], { plans: ['large', 'small'] })).objects).toHaveLength(1);
});

test('thoughts and calls of tools are kept as they came, of a cut off one its JSON; signatures are not', async () => {
  const pieces: readonly AskEvent[] = [
    { type: 'begin', block: { type: 'reasoning' } },
    { type: 'delta', delta: { type: 'reasoning', text: 'Hm' } },
    { type: 'delta', delta: { type: 'reasoning', text: 'm.' } },
    { type: 'delta', delta: { type: 'signature', signature: 'signed' } },
    { type: 'end' },
    { type: 'begin', block: { type: 'tool_use', id: 'a', name: 'find' } },
    { type: 'delta', delta: { type: 'input', json: '{"city":' } },
    { type: 'delta', delta: { type: 'input', json: '"Bonn"}' } },
    { type: 'end' },
    { type: 'begin', block: { type: 'tool_use', id: 'b', name: 'find' } },
    { type: 'delta', delta: { type: 'input', json: '{"ci' } },
  ];
  const { record } = await recorded(pieces);
  expect(record?.answer).toEqual({
    blocks: [
      { type: 'reasoning', text: 'Hmm.' },
      { type: 'tool_use', id: 'a', name: 'find', input: { city: 'Bonn' } },
      { type: 'tool_use', id: 'b', name: 'find', input: '{"ci' },
    ],
  });
});

test("an answer in the form of Anthropic's API is kept like any other, whole or streamed", async () => {
  const content = [
    { type: 'thinking', thinking: 'Hmm.', signature: 'signed' },
    { type: 'text', text: 'Bonn.' },
    { type: 'tool_use', id: 'a', name: 'find', input: { city: 'Bonn' } },
  ];
  const answer = {
    blocks: [
      { type: 'reasoning', text: 'Hmm.' },
      { type: 'text', text: 'Bonn.' },
      { type: 'tool_use', id: 'a', name: 'find', input: { city: 'Bonn' } },
    ],
  };
  const whole = await recorded([{ type: 'message', event: { type: 'message', content } }]);
  expect(whole.record?.answer).toEqual(answer);
  const start = (index: number, block: Record<string, string | object>): AskEvent => ({
    type: 'message',
    event: JSON.parse(JSON.stringify({ type: 'content_block_start', index, content_block: block })),
  });
  const delta = (fields: Record<string, string>): AskEvent => ({
    type: 'message',
    event: { type: 'content_block_delta', delta: fields },
  });
  const streamed = await recorded([
    { type: 'message', event: { type: 'message_start', message: {} } },
    start(0, { type: 'thinking', thinking: '' }),
    delta({ type: 'thinking_delta', thinking: 'Hmm.' }),
    delta({ type: 'signature_delta', signature: 'signed' }),
    start(1, { type: 'text', text: '' }),
    delta({ type: 'text_delta', text: 'Bo' }),
    delta({ type: 'text_delta', text: 'nn.' }),
    start(2, { type: 'tool_use', id: 'a', name: 'find', input: {} }),
    delta({ type: 'input_json_delta', partial_json: '{"city":' }),
    delta({ type: 'input_json_delta', partial_json: '"Bonn"}' }),
  ]);
  expect(streamed.record?.answer).toEqual(answer);
});

test('of vectors their number is kept, and of images and files the number of their bytes', async () => {
  const vectors = await recorded([
    { type: 'vector', vector: [1, 2] },
    { type: 'vector', vector: [3, 4] },
  ]);
  expect(vectors.record?.answer).toEqual({ vectors: 2 });
  const bytes = Buffer.from('canary');
  const image = { type: 'image', format: 'png', bytes } as const;
  const { record } = await recorded([], {
    call: {
      ...question,
      messages: [{ role: 'user', blocks: [image, { type: 'tool_result', id: 'a', content: [image] }] }],
    },
  });
  const kept = { type: 'image', format: 'png', bytes: 6 };
  expect(record?.request).toMatchObject({
    messages: [{ blocks: [kept, { type: 'tool_result', content: [kept] }] }],
  });
});

test.each<[kind: string, call: ModelCall]>([
  [
    'a chat',
    {
      kind: 'chat',
      messages: [
        { role: 'user', blocks: [{ type: 'text', text: `first ${'x'.repeat(mostCharacters)} newest` }] },
      ],
      system: [{ type: 'text', text: 'Be brief.' }],
      maxTokens: 10,
    },
  ],
  [
    "a call of Anthropic's API",
    {
      kind: 'messages',
      body: {
        messages: [{ role: 'user', content: `first ${'x'.repeat(mostCharacters)} newest` }],
        system: 'Be brief.',
        max_tokens: 10,
      },
    },
  ],
])('of %s that is too long, the end is kept, which has the newest message', async (_kind, call) => {
  const { request } = (await recorded([], { call })).record ?? {};
  expect(request).toHaveLength(mostCharacters);
  expect(request).toMatch(/newest"/);
  expect(request).not.toContain('first');
});

test('a write is tried twice; then there is one line, with the name of the failure and nothing of the prompt', async () => {
  expect(await recorded([], { failures: 1 })).toMatchObject({ objects: [{}], lines: [] });
  const { objects, lines } = await recorded(saying(['canary']), { failures: 2 });
  expect(objects).toEqual([]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ message: 'prompt-log', requestId: 'request-1', failure: 'SlowDown' }),
  ]);
  expect(lines.join('')).not.toMatch(/canary|dystopia/);
});
