import {
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import {
  asks,
  collect,
  imageOf,
  models,
  pdfOf,
  type SystemUnderTest,
  startUnderTest,
} from '../../testing/bedrock-client.ts';

const { native, claude } = models;

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tool = (name: string) => ({ toolSpec: { name, inputSchema: { json: city } } });
const tools = [tool('weather'), tool('time'), tool('weather_of_tomorrow')];

async function ask({ client }: SystemUnderTest, input: Partial<ConverseCommandInput>) {
  const { output, ...answer } = await client.send(
    new ConverseCommand({ modelId: native.modelId, messages: asks('Why?'), ...input }),
  );
  return { ...answer, content: output?.message?.content ?? [] };
}

/** The names of the tools that an answer calls. */
const called = (content: readonly ContentBlock[]) => content.map(({ toolUse }) => toolUse?.name);

test('asked for JSON, the model answers with JSON that fits the schema', async () => {
  const jsonSchema = { schema: JSON.stringify({ ...city, additionalProperties: false }) };
  const { content, stopReason } = await ask(await startUnderTest(), {
    messages: asks('Weather in Kraków?'),
    outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } },
  });
  expect(stopReason).toBe('end_turn');
  expect(JSON.parse(content[0]?.text ?? '')).toEqual({ city: 'Weather in Kraków?' });
});

test('a tool that has to be called is called with input that fits it', async () => {
  const { content, stopReason } = await ask(await startUnderTest(), {
    messages: asks('Kraków?'),
    toolConfig: { tools, toolChoice: { tool: { name: 'time' } } },
  });
  expect(stopReason).toBe('tool_use');
  const toolUseId = expect.stringMatching(/^tooluse_[a-zA-Z0-9_-]+$/);
  expect(content).toEqual([{ toolUse: { toolUseId, name: 'time', input: { city: 'Kraków?' } } }]);
});

test('where any tool has to be called, that is the first', async () => {
  const toolConfig = { tools, toolChoice: { any: {} } };
  const { content } = await ask(await startUnderTest(), { toolConfig });
  expect(called(content)).toEqual(['weather']);
});

test('left the choice, the model calls each tool whose name is a word of the last message', async () => {
  const system = await startUnderTest();
  const callsAt = async (question: string) => {
    const { content, stopReason } = await ask(system, { messages: asks(question), toolConfig: { tools } });
    return stopReason === 'tool_use' ? called(content) : [];
  };
  expect(await callsAt('What is the time and the weather?')).toEqual(['weather', 'time']);
  expect(await callsAt('Say weather_of_tomorrow, not sometimes.')).toEqual(['weather_of_tomorrow']);
  expect(await callsAt('Hello?')).toEqual([]);
});

test('what tools returned is quoted, and no tool is called again', async () => {
  const system = await startUnderTest();
  const question = { messages: asks('The weather and the time?'), toolConfig: { tools } };
  const { content } = await ask(system, question);
  const results = content.map(
    ({ toolUse }): ContentBlock => ({
      toolResult: { toolUseId: toolUse?.toolUseId, content: [{ text: `${toolUse?.name} is fine. ` }] },
    }),
  );
  const messages: Message[] = [
    ...question.messages,
    { role: 'assistant', content },
    { role: 'user', content: results },
  ];
  const { content: answer, stopReason } = await ask(system, { ...question, messages });
  expect(stopReason).toBe('end_turn');
  expect(answer[0]?.text).toMatch(/^The tools returned: weather is fine. time is fine./);
});

const thinking = { thinking: { type: 'adaptive' } };

test('asked to think, Claude does so first, and its thoughts come back signed over a call of a tool', async () => {
  const system = await startUnderTest();
  const request = { modelId: claude.modelId, additionalModelRequestFields: thinking, toolConfig: { tools } };
  const first = await ask(system, { ...request, messages: asks('The weather?') });
  expect(first.content).toMatchObject([
    {
      reasoningContent: { reasoningText: { text: 'They ask: The weather?', signature: expect.any(String) } },
    },
    { toolUse: { name: 'weather' } },
  ]);
  const toolUseId = first.content[1]?.toolUse?.toolUseId;
  const rest: Message[] = [
    { role: 'assistant', content: first.content },
    { role: 'user', content: [{ toolResult: { toolUseId, content: [{ text: 'Rain' }] } }] },
  ];
  const next = await ask(system, { ...request, messages: [...asks('The weather?'), ...rest] });
  expect(next.content[1]?.text).toMatch(/^The tools returned: Rain/);
  const changed = ask(system, { ...request, messages: [...asks('The time?'), ...rest] });
  await expect(changed).rejects.toThrow('Invalid `signature` in `thinking` block');
});

type Fields = ConverseCommandInput['additionalModelRequestFields'];

test.each<[model: keyof typeof models, fields: Fields, thought: string | undefined]>([
  ['native', { reasoning_effort: 'low' }, 'They ask: Why?'],
  ['native', { reasoning_effort: 'none' }, undefined],
  ['native', {}, undefined],
  ['gpt', { reasoning: { effort: 'low' } }, 'They ask: Why?'],
  ['gpt', { reasoning: { effort: 'none' } }, undefined],
  ['gpt', {}, 'They ask: Why?'],
  ['nova', { reasoningConfig: { type: 'enabled' } }, '[REDACTED]'],
  ['nova', { reasoningConfig: { type: 'disabled' } }, undefined],
  ['nova', {}, undefined],
])('%s, asked by %j, thinks %s, unsigned', async (model, fields, thought) => {
  const { modelId } = models[model];
  const { content } = await ask(await startUnderTest(), { modelId, additionalModelRequestFields: fields });
  expect(content[0]).toEqual(
    thought === undefined
      ? { text: expect.any(String) }
      : { reasoningContent: { reasoningText: { text: thought } } },
  );
});

test.each<[model: keyof typeof models, fields: Fields, thinks: boolean]>([
  ['claude', {}, false],
  ['claude', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, true],
  ['claude', { thinking: { type: 'enabled', budget_tokens: 1024 } }, true],
  ['claude', { thinking: { type: 'disabled' } }, false],
  ['oldClaude', { thinking: { type: 'enabled', budget_tokens: 1024 } }, true],
  ['newClaude', {}, true],
  ['newClaude', { thinking: { type: 'adaptive' } }, true],
])('%s, asked by %j, thinks, signed: %s', async (model, fields, thinks) => {
  const { modelId } = models[model];
  const { content } = await ask(await startUnderTest(), { modelId, additionalModelRequestFields: fields });
  const signed = { text: 'They ask: Why?', signature: expect.stringMatching(/^\S{44}$/) };
  expect(content[0]).toEqual(
    thinks ? { reasoningContent: { reasoningText: signed } } : { text: expect.any(String) },
  );
});

test('made to call a tool, a Claude that thinks unasked does not think', async () => {
  const willing = { ...models.newClaude, toolChoices: ['required'] } as const;
  const { content } = await ask(await startUnderTest({ models: [willing] }), {
    modelId: willing.modelId,
    toolConfig: { tools, toolChoice: { any: {} } },
  });
  expect(called(content)).toEqual(['weather']);
});

test('a stream brings the signature when the thought is said', async () => {
  const { client } = await startUnderTest();
  const { stream } = await client.send(
    new ConverseStreamCommand({
      modelId: claude.modelId,
      messages: asks('Why?'),
      additionalModelRequestFields: thinking,
    }),
  );
  const first = (await collect(stream)).filter(
    ({ contentBlockDelta: delta }) => delta?.contentBlockIndex === 0,
  );
  const pieces = first.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.reasoningContent);
  expect(pieces.map((piece) => piece?.text ?? '').join('')).toBe('They ask: Why?');
  expect(pieces.at(-1)).toEqual({ signature: expect.stringMatching(/^\S{44}$/) });
});

const documents: ContentBlock[] = [
  { document: { format: 'pdf', name: 'Plan', source: { bytes: pdfOf(3) }, citations: { enabled: true } } },
  { document: { format: 'txt', name: 'Silent', source: { bytes: Buffer.from('Nothing.') } } },
  {
    document: {
      format: 'md',
      name: 'Notes',
      source: { bytes: Buffer.from('Rain.') },
      citations: { enabled: true },
    },
  },
];
const pdfQuote = {
  title: 'Plan',
  sourceContent: [{ text: 'The first page of Plan.' }],
  location: { documentPage: { documentIndex: 0, start: 1, end: 2 } },
};
const textQuote = {
  title: 'Notes',
  sourceContent: [{ text: 'Rain.' }],
  location: { documentChar: { documentIndex: 2, start: 0, end: 5 } },
};

test('documents whose citations are on are quoted, and an answer that quotes may be repeated', async () => {
  const system = await startUnderTest();
  const messages: Message[] = [{ role: 'user', content: [{ text: 'Well?' }, ...documents] }];
  const { content } = await ask(system, { messages });
  expect(content).toEqual([
    { text: expect.stringMatching(/^You asked: Well\?/) },
    { citationsContent: { content: [{ text: 'The first page of Plan.' }], citations: [pdfQuote] } },
    { citationsContent: { content: [{ text: 'Rain.' }], citations: [textQuote] } },
  ]);
  const again = await ask(system, {
    messages: [...messages, { role: 'assistant', content }, ...asks('And?')],
  });
  expect(again.content).toHaveLength(1);
  const { stream } = await system.client.send(
    new ConverseStreamCommand({ modelId: native.modelId, messages }),
  );
  const quotes = (await collect(stream)).flatMap((event) => event.contentBlockDelta?.delta?.citation ?? []);
  expect(quotes).toEqual([pdfQuote, textQuote]);
});

test('which stop sequence ended an answer of Claude is said where it is asked for', async () => {
  const system = await startUnderTest();
  const additionalModelResponseFieldPaths = ['/stop_sequence', '/no_such_field'];
  const stopAt = (stopSequences: string[], modelId: string = claude.modelId) =>
    ask(system, { modelId, inferenceConfig: { stopSequences }, additionalModelResponseFieldPaths });
  expect((await stopAt(['no', 'asked'])).additionalModelResponseFields).toEqual({ stop_sequence: 'asked' });
  expect((await stopAt(['never'])).additionalModelResponseFields).toEqual({ stop_sequence: null });
  expect(await stopAt(['asked'], native.modelId)).not.toHaveProperty('additionalModelResponseFields');
  await expect(ask(system, { additionalModelResponseFieldPaths: ['stop'] })).rejects.toThrow('pattern');
});

test('a guardrail looks at what it is shown, and at the question where nothing is marked for it', async () => {
  const system = await startUnderTest();
  const guardrailConfig = { guardrailIdentifier: 'abc', guardrailVersion: '1' };
  const stopReasonOf = async (content: ContentBlock[]) =>
    (await ask(system, { messages: [{ role: 'user', content }], guardrailConfig })).stopReason;
  const bad = 'BLOCKED things';
  expect(await stopReasonOf([{ text: bad }])).toBe('guardrail_intervened');
  expect(await stopReasonOf([{ text: bad }, { guardContent: { text: { text: 'Fine' } } }])).toBe('end_turn');
  expect(await stopReasonOf([{ guardContent: { text: { text: bad } } }])).toBe('guardrail_intervened');
});

test('a message without a text is answered by what is in it', async () => {
  const system = await startUnderTest();
  const answerTo = async (content: ContentBlock[]) =>
    (await ask(system, { modelId: claude.modelId, messages: [{ role: 'user', content }] })).content[0]?.text;
  const image = { format: 'gif' as const, source: { bytes: imageOf('gif') } };
  expect(await answerTo([{ image }])).toMatch(/^You asked: \[image\]/);
  const searchResult = { source: 's', title: 't', content: [{ text: 'c' }] };
  expect(await answerTo([{ searchResult }])).toMatch(/^You asked: t\ns\nc/);
});
