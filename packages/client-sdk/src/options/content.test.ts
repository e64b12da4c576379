import { AskRequestSchema } from '@org/contract';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answer, envelope, inTurn, reply, replying } from '../../test/loopback-server.ts';
import { scene, settings } from '../../test/scene.ts';
import { createBedrockClient } from '../client.ts';
import type { MessageInput, UserBlock } from './content.ts';
import { base64 } from './files.ts';

const bytes = Uint8Array.of(137, 80, 78, 71);
const inBase64 = 'iVBORw==';
const text = { type: 'text', text: 'What is this?' } as const;
const image = { type: 'image', format: 'png', data: inBase64 } as const;

/** What the proxy is sent, which it would take. */
async function sentFor(...given: [question: string | UserBlock[], options?: object]) {
  const { client, calls } = await scene(replying(200, answer));
  await client.ask('llama', ...given);
  const body = JSON.parse(calls[0]?.body ?? '');
  expect(AskRequestSchema.safeParse(body).error).toBeUndefined();
  return body;
}

test('a question of blocks is sent as the last message', async () => {
  expect(await sentFor([text, image])).toEqual({
    model: 'llama',
    messages: [{ role: 'user', content: [text, image] }],
  });
});

test.each<[string, UserBlock]>([
  ['a string of base64', { type: 'image', format: 'png', data: inBase64 }],
  ['a Uint8Array', { type: 'image', format: 'png', data: bytes }],
  ['a part of a larger buffer', { type: 'image', format: 'png', data: new Uint8Array(bytes.buffer, 0, 4) }],
  ['an ArrayBuffer', { type: 'image', format: 'png', data: bytes.buffer }],
  ['a Blob', { type: 'image', format: 'png', data: new Blob([bytes]) }],
  ['a Blob that says its format', { type: 'image', data: new Blob([bytes], { type: 'image/png' }) }],
])('a file can be %s', async (_, block) => {
  expect((await sentFor([text, block])).messages[0].content[1]).toEqual(image);
});

test.each([
  ['image/jpeg', 'image', 'jpeg'],
  ['application/pdf', 'document', 'pdf'],
  ['text/plain;charset=utf-8', 'document', 'txt'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'document', 'docx'],
] as const)('a Blob of %s is a %s of format %s', async (type, kind, format) => {
  const data = new Blob([bytes], { type });
  const block = kind === 'image' ? { type: kind, data } : { type: kind, name: 'a file', data };
  expect((await sentFor([text, block])).messages[0].content[1]).toEqual({ ...block, format, data: inBase64 });
});

test('files are encoded wherever they are: in earlier messages, and in the results of tools', async () => {
  const data = new Blob([bytes], { type: 'image/png' });
  const call = { type: 'tool_use', id: '1', name: 'look', input: {} } as const;
  const messages: MessageInput[] = [
    { role: 'user', content: [text, { type: 'image', data }] },
    { role: 'assistant', content: [call] },
  ];
  const result = { type: 'tool_result', id: '1', content: [{ type: 'image', data }] } as const;
  expect((await sentFor([result], { messages })).messages).toEqual([
    { role: 'user', content: [text, image] },
    { role: 'assistant', content: [call] },
    { role: 'user', content: [{ ...result, content: [image] }] },
  ]);
});

test('turns of text go before a question of blocks; a question of text leaves them as they are', async () => {
  const history = [
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'Hello.' },
  ] as const;
  expect(await sentFor([text], { history })).toEqual({
    model: 'llama',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: [text] },
    ],
  });
  expect(await sentFor('And?', { history })).toEqual({ model: 'llama', question: 'And?', history });
});

test('a question of text goes after the messages, of which there may be none yet', async () => {
  const messages = [
    { role: 'user', content: [text] },
    { role: 'assistant', content: answer.content },
  ];
  expect(await sentFor('And?', { messages })).toEqual({ model: 'llama', question: 'And?', messages });
  expect(await sentFor('Hi', { messages: [] })).toEqual({ model: 'llama', question: 'Hi' });
});

test('what beside the turns a request has is sent as it is', async () => {
  const options = {
    system: [
      { type: 'text', text: 'Be brief.' },
      { type: 'cache_point', ttl: '1h' },
    ],
    tools: [
      { name: 'look', description: 'Looks.', inputSchema: { type: 'object' } },
      { type: 'cache_point' },
    ],
    toolChoice: { name: 'look' },
    reasoning: 'high',
  };
  expect(await sentFor('Hi', options)).toEqual({ model: 'llama', question: 'Hi', ...options });
  expect(await sentFor('Hi', { cache: '1h' })).toMatchObject({ cache: '1h' });
});

test('an answer has its content, ready to be the next assistant turn', async () => {
  const content = [
    { type: 'reasoning', text: 'Hm.', signature: 'c2ln' },
    { type: 'redacted_reasoning', data: 'AAAA' },
    { type: 'text', text: 'A bad place.' },
    { type: 'tool_use', id: '1', name: 'look', input: { at: [1] } },
  ];
  const { client, calls } = await scene(replying(200, { ...answer, content }));
  const first = await client.ask('llama', 'Hi');
  expect(first.content).toEqual(content);
  const messages: MessageInput[] = [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: first.content },
  ];
  await client.ask('llama', [{ type: 'tool_result', id: '1', content: '' }], { messages });
  expect(JSON.parse(calls[1]?.body ?? '').messages[1].content).toEqual(content);
});

test('a Blob is read once, when the request is sent, and every attempt sends the same', async () => {
  const blob = new Blob([bytes], { type: 'image/png' });
  const read = vi.spyOn(blob, 'arrayBuffer');
  const { client, calls } = await scene(
    inTurn((response) => reply(response, 429, envelope('rate_limited')), answer),
  );
  const stream = client.stream('llama', [{ type: 'image', data: blob }]);
  expect(read).not.toHaveBeenCalled();
  stream.abort();
  await client.ask('llama', [text, { type: 'image', data: blob }, { type: 'image', data: blob }]);
  expect(read).toHaveBeenCalledOnce();
  expect(calls).toHaveLength(2);
  expect(calls[1]?.body).toBe(calls[0]?.body);
});

test('a Blob that cannot be read is an error that says which, and an abort does not wait for it', async () => {
  const blob = new Blob([bytes], { type: 'image/png' });
  const cause = new Error('The file was moved.');
  vi.spyOn(blob, 'arrayBuffer').mockRejectedValueOnce(cause);
  const { client, calls } = await scene(replying(200, answer));
  const question = [text, { type: 'image', data: blob } as const];
  await expect(client.ask('llama', question)).rejects.toMatchObject({
    code: 'invalid_configuration',
    field: 'question',
    message: 'question.1.data cannot be read.',
    cause,
  });
  vi.spyOn(blob, 'arrayBuffer').mockReturnValueOnce(new Promise(() => {}));
  const aborted = client.ask('llama', question, { signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ code: 'aborted', attempts: 0 });
  expect(calls).toEqual([]);
});

const secret = 'planted-text-0123456789';

test.each<[unknown, object, string]>([
  [[null], {}, 'question.0 must be an object.'],
  [[{ text: secret }], {}, 'question.0.type must be a string.'],
  [
    [{ type: 'image', data: secret }],
    {},
    'question.0.format is not set, and data does not show it. Set one of png, jpeg, gif, webp.',
  ],
  [
    [{ type: 'image', data: new Blob([bytes], { type: 'text/plain' }) }],
    {},
    'question.0.format is not set, and data does not show it. Set one of png, jpeg, gif, webp.',
  ],
  [
    [{ type: 'image', format: 'png', data: 7 }],
    {},
    'question.0.data must be a string of base64, a Uint8Array, an ArrayBuffer or a Blob.',
  ],
  [
    [{ type: 'image', format: 'png' }],
    {},
    'question.0.data must be a string of base64, a Uint8Array, an ArrayBuffer or a Blob.',
  ],
  [
    [{ type: 'tool_result', id: '1', content: 7 }],
    {},
    'question.0.content must be a string or an array of blocks.',
  ],
  [
    [{ type: 'tool_result', id: '1', content: [{ type: 'image', data: secret }] }],
    {},
    'question.0.content.0.format is not set, and data does not show it. Set one of png, jpeg, gif, webp.',
  ],
  [[{ type: 'tool_result', id: '1', content: [{ type: 'json', json: 7n }] }], {}, 'messages must be JSON.'],
  ['Hi', { messages: secret }, 'messages must be an array.'],
  ['Hi', { messages: [{ content: 'Hi' }] }, 'messages.0.role must be a string.'],
  [
    'Hi',
    { messages: [{ role: 'user', content: 7 }] },
    'messages.0.content must be a string or an array of blocks.',
  ],
  ['Hi', { system: [secret] }, 'system.0 must be an object.'],
  ['Hi', { tools: secret }, 'tools must be an array.'],
  ['Hi', { tools: [{ inputSchema: {} }] }, 'tools.0.name must be a string.'],
  ['Hi', { tools: [{ name: 'look' }] }, 'tools.0.inputSchema must be an object.'],
  ['Hi', { toolChoice: {} }, 'toolChoice must be a string, or an object with the name of a tool.'],
  ['Hi', { cache: 5 }, 'cache must be a string.'],
  ['Hi', { reasoning: true }, 'reasoning must be a string.'],
])(
  'what cannot be sent as it is meant is refused before anything is sent: %#',
  async (question, options, message) => {
    const fetch = vi.fn();
    const client = createBedrockClient({ ...settings, fetch });
    const asked = Reflect.apply(client.ask, client, ['llama', question, options]);
    await expect(asked).rejects.toMatchObject({ code: 'invalid_configuration', message });
    expect(() => Reflect.apply(client.stream, client, ['llama', question, options])).toThrow(message);
    expect(fetch).not.toHaveBeenCalled();
  },
);

test.runIf('Buffer' in globalThis)(
  'bytes of any length are the base64 of Node, with or without Uint8Array.prototype.toBase64',
  () => {
    const lengths = fc.oneof(fc.nat(100), fc.constantFrom(0x5fff, 0x6000, 0x6001, 0x12000));
    const anyBytes = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
    fc.assert(
      fc.property(anyBytes, (given) => {
        expect(base64('data', given)).toBe(Buffer.from(given).toString('base64'));
      }),
      { numRuns: 50 },
    );
    Object.assign(Uint8Array.prototype, { toBase64: () => 'native' });
    onTestFinished(() => void Reflect.deleteProperty(Uint8Array.prototype, 'toBase64'));
    expect(base64('data', bytes)).toBe('native');
  },
);
