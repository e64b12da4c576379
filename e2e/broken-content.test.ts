import {
  InvalidRequestError,
  type MessageInput,
  type Question,
  runProgress,
  tool,
  type UserBlock,
} from '@org/bedrock-client';
import type { CatalogueAlias } from '@org/models';
import { expect, test } from 'vitest';
import { pdfOf, pngOf } from './files.ts';
import { costOf, type SharedSystem, sharedSystems } from './harness.ts';

const tools = [{ name: 'find', description: 'Finds it.', inputSchema: { type: 'object' } }];
const options = { tools, maxTokens: 300, maxRetries: 0 };
const text = { type: 'text', text: 'What is it?' } as const;

const shared = sharedSystems();

async function start() {
  const system = await shared('everything');
  const { client } = system.client('all-key');
  const counted = async () => {
    const usd = (await client.usage()).limits.find(({ limit }) => limit === 'usd');
    return Math.round((usd?.used ?? 0) * 1_000_000);
  };
  const before = await counted();
  return {
    ...system,
    client,
    /** The charge since the start, in micro-USD. */
    charged: async () => (await counted()) - before,
  };
}

const billed = ({ bills }: Pick<SharedSystem, 'bills'>) =>
  bills.reduce((sum, { modelId, ...bill }) => sum + costOf(modelId, bill), 0);

test.each(['cut', 'finish', 'garbage'] as const)(
  'a stream that ends within a tool call (%s) is an error; the conversation continues without it, and it stays charged',
  async (end) => {
    const system = await start();
    const conversation = system.client.conversation('nova-pro', options);
    system.bedrock.failNext({ kind: 'stream', after: 'contentBlockDelta', end });
    const stream = conversation.stream('Please find it.');
    const types: string[] = [];
    const read = async () => {
      for await (const { type } of stream) types.push(type);
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream_error', retryable: false });
    expect(types).toEqual(['start', 'block_start', 'block_delta']);
    // Its cost is unknown.
    expect(await system.charged()).toBeGreaterThan(billed(system));
    expect(conversation.messages).toEqual([]);
    expect(await conversation.ask('Please find it.')).toMatchObject({ stopReason: 'tool_use' });
  },
);

test('a run can be resumed after its second answer fails, and nothing is charged twice', async () => {
  const system = await start();
  const find = tool({ name: 'find', inputSchema: { type: 'object' }, run: () => 'Here.' });
  const asked = { ...options, tools: [find] };
  system.bedrock.failNext(
    { kind: 'slow', milliseconds: 0 },
    { kind: 'exception', name: 'ValidationException' },
  );
  const failed = await system.client
    .run('nova-pro', 'Please find it.', asked)
    .catch((error: unknown) => error);
  const { question, messages, steps } = runProgress(failed) ?? expect.fail();
  expect(steps).toHaveLength(1);
  const { text: answer } = await system.client.run('nova-pro', question, { ...asked, messages });
  expect(answer).toContain('The tools returned: Here.');
  expect(system.bills).toHaveLength(2);
  expect(await system.charged()).toBe(billed(system));
});

test.each(['[1,2]', '"a text"', '7'])(
  'a tool call whose input is not an object (%s) is an error, complete or streamed',
  async (written) => {
    const system = await start();
    const answer = { blocks: [{ kind: 'tool' as const, name: 'find', deltas: [written] }] };
    system.bedrock.answerNext(answer, answer);
    for (const asked of [
      system.client.ask('nova-pro', 'Please find it.', options),
      system.client.stream('nova-pro', 'Please find it.', options).final(),
    ]) {
      await expect(asked).rejects.toMatchObject({ code: 'upstream_error', retryable: false });
    }
    expect(await system.charged()).toBeGreaterThanOrEqual(billed(system));
  },
);

test('256 vectors of 1,536 numbers arrive complete, in an answer of more than 6 MB', async () => {
  const system = await start();
  const inputs = Array.from({ length: 256 }, (_, index) => `Text ${index}`);
  const embeddings = await system.client.embed('cohere-embed-v4', inputs, { dimensions: 1536 });
  expect(embeddings.vectors.map(({ length }) => length)).toEqual(inputs.map(() => 1536));
  expect(JSON.stringify(embeddings).length).toBeGreaterThan(6 * 1024 * 1024);
  await expect(system.client.embed('cohere-embed-v4', [...inputs, 'One more'])).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'inputs',
  });
});

const mostImageBytes = 3.75 * 1024 * 1024;
const image = (bytes: number): UserBlock => ({
  type: 'image',
  format: 'png',
  data: pngOf(8000, 8000, Buffer.alloc(bytes - 24)),
});
const document: UserBlock = { type: 'document', name: 'Report', format: 'pdf', data: pdfOf(1) };

test('an image of 3.75 MB passes, in a request of almost 6 MB; a larger request is refused', async () => {
  const { client, bills } = await start();
  const asked = { maxTokens: 100, system: 'x'.repeat(1_040_000) };
  const { usage } = await client.ask('claude-opus-5.5', [text, image(mostImageBytes)], asked);
  expect(usage.costUsd).toBe(costOf('anthropic.claude-opus-5-5', bills[0] ?? expect.fail()) / 1_000_000);
  const larger = client.ask('claude-opus-5.5', [text, image(mostImageBytes)], {
    ...asked,
    system: 'x'.repeat(1_060_000),
  });
  await expect(larger).rejects.toMatchObject({ code: 'request_too_large', status: 413 });
});

const hello: MessageInput = { role: 'user', content: 'Hello' };
const call = (id: string) => ({ type: 'tool_use', id, name: 'find', input: {} }) as const;
/** Two tool calls, whose results must come next. */
const called: MessageInput[] = [hello, { role: 'assistant', content: [call('a'), call('b')] }];
const result = (id: string) => ({ type: 'tool_result', id, content: id }) as const;

const toolRemedy = 'begin the next user message with exactly one result for each of them';
const imageRemedy = 'at most 3.75 MB and 8,000 pixels a side, in the format that it says';
const documentRemedy = 'each of at most 4.5 MB and with a unique name, and a text with them';

/** Reasons to refuse the question after the calls. */
const refused: readonly (readonly [why: string, Question, remedy: string])[] = [
  ['a missing result', [result('b'), text], toolRemedy],
  ['no results', [text], toolRemedy],
  ['a result without a call', [result('b'), result('a'), result('c')], toolRemedy],
  ['a result twice', [result('b'), result('b'), result('a')], toolRemedy],
  ['an image that is too large', [result('a'), result('b'), text, image(mostImageBytes + 1)], imageRemedy],
  [
    'an image in another format',
    [result('a'), result('b'), { type: 'image', format: 'gif', data: pngOf(9, 9) }],
    imageRemedy,
  ],
  [
    'an image with too many pixels',
    [result('a'), result('b'), { type: 'image', format: 'png', data: pngOf(9, 8001) }],
    imageRemedy,
  ],
  ['a document twice', [result('a'), result('b'), text, document, document], documentRemedy],
  ['a document without text', [result('a'), result('b'), document], documentRemedy],
];

test('content that Bedrock refuses costs nothing, and the error says what to do', async () => {
  const system = await start();
  for (const [why, question, remedy] of refused) {
    for (const model of ['claude-sonnet-4.6', 'nova-pro'] satisfies CatalogueAlias[]) {
      const { error } = await system.client.safeAsk(model, question, { ...options, messages: called });
      expect(error, why).toBeInstanceOf(InvalidRequestError);
      expect(error, why).toMatchObject({ code: 'invalid_request', param: 'messages' });
      expect(error?.message, why).toContain(remedy);
    }
  }
  expect(system.bills).toEqual([]);
  expect(await system.charged()).toBe(0);
});

test('results may come in any order, but for Claude not after text', async () => {
  const { client } = await start();
  for (const model of ['claude-sonnet-4.6', 'nova-pro', 'mistral-large-3'] satisfies CatalogueAlias[]) {
    const { text: answer } = await client.ask(model, [result('b'), result('a'), text], {
      ...options,
      messages: called,
    });
    expect(answer).toContain('The tools returned: ba');
  }
  const late = client.ask('claude-sonnet-4.6', [text, result('b'), result('a')], {
    ...options,
    messages: called,
  });
  await expect(late).rejects.toThrow(toolRemedy);
});

test('a turn with only thoughts is left out for a model that did not sign them, and the turns around it become one', async () => {
  const { client } = await start();
  const messages: MessageInput[] = [
    hello,
    { role: 'assistant', content: [{ type: 'reasoning', text: 'Hm.' }] },
  ];
  for (const model of ['claude-sonnet-4.6', 'gpt-oss-20b', 'nova-2-lite'] satisfies CatalogueAlias[]) {
    const { text: answer } = await client.ask(model, 'What is it?', { messages, maxTokens: 100 });
    expect(answer).toContain('HelloWhat is it?');
  }
});
