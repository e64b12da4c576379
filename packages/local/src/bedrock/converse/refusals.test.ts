import {
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type Message,
  type Tool,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, test } from 'vitest';
import { collect, imageOf, models, nothing, pdfOf, startUnderTest } from '../../testing/bedrock-client.ts';

type Request = Omit<ConverseCommandInput, 'modelId'>;

const text: ContentBlock = { text: 'Hi' };
const image = (bytes = imageOf('png')): ContentBlock => ({ image: { format: 'png', source: { bytes } } });
const document = (name: string, bytes = pdfOf(1)): ContentBlock => ({
  document: { format: 'pdf', name, source: { bytes } },
});
const used = (toolUseId = 'one'): ContentBlock => ({
  toolUse: { toolUseId, name: 'weather', input: {} },
});
const returned = (toolUseId = 'one'): ContentBlock => ({
  toolResult: { toolUseId, content: [{ text: 'Rain' }] },
});
const point = (ttl?: '5m' | '1h'): ContentBlock.CachePointMember => ({
  cachePoint: { type: 'default', ttl },
});
const thought = (signature?: string): ContentBlock => ({
  reasoningContent: { reasoningText: { text: 'Hm.', signature } },
});
const tool = (name = 'weather', description?: string): Tool => ({
  toolSpec: { name, description, inputSchema: { json: { type: 'object' } } },
});
const toolConfig = { tools: [tool()] };

/** Messages of the user and of the assistant in turn. */
const turns = (...contents: ContentBlock[][]): Request => ({
  messages: contents.map(
    (content, index): Message => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }),
  ),
});
const roles = (...all: Message['role'][]): Request => ({
  messages: all.map((role) => ({ role, content: [text] })),
});
const thinking = (fields: Record<string, string | number>): Request => ({
  additionalModelRequestFields: { thinking: fields },
});
const budget = thinking({ type: 'enabled', budget_tokens: 1024 });
const hello = turns([text]);

async function refusalOf(modelId: string, request: Request): Promise<string> {
  const { client, bedrock } = await startUnderTest();
  const refused = await client.send(new ConverseCommand({ modelId, ...request })).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
  expect(bedrock.billed).toEqual(nothing);
  return refused instanceof Error ? refused.message : '';
}

describe.each([models.native, models.claude])('$modelId refuses', ({ modelId }) => {
  test.each<[fault: string, request: Request, message: RegExp]>([
    ['a conversation that the assistant begins', roles('assistant'), /must start with a user message/],
    ['two messages of one role in a row', roles('user', 'user'), /must alternate/],
    [
      'a conversation that the assistant ends',
      roles('user', 'assistant'),
      /last turn .* to be a user message/,
    ],
    ['a message without content', turns([]), /content field in the Message object at messages\.0 is empty/],
    [
      'a blank text',
      turns([text], [text], [{ text: ' ' }]),
      /ContentBlock object at messages\.2\.content\.0 is blank/,
    ],
    ['an image of the assistant', turns([text], [image()], [text]), /assistant has no image/],
    ['a call of a tool by the user', { ...turns([used()]), toolConfig }, /user has no toolUse/],
    ['a thought of the user', turns([thought('x')]), /user has no reasoningContent/],
    ['21 images', turns(Array.from({ length: 21 }, () => image())), /too many images and documents: 21/],
    [
      'an image of more than 3.75 MB',
      turns([image(Buffer.concat([imageOf('png'), Buffer.alloc(3.75 * 1024 * 1024)]))]),
      /messages\.0\.content\.0\.image\.source\.base64: image exceeds 5 MB maximum: \d+ bytes > 5242880 bytes/,
    ],
    [
      'an image that is of another format',
      turns([text, image(imageOf('webp'))]),
      /messages\.0\.content\.1\.image.* specified using the image\/png media type, but .* a image\/webp image/,
    ],
    ['bytes that are no image', turns([image(new Uint8Array([1, 2, 3]))]), /Could not process image/],
    ['an image that is too wide', turns([image(imageOf('png', 8001, 1))]), /max allowed size: 8000 pixels/],
    ['a document without a text beside it', turns([document('Report')]), /text block must be included/],
    [
      'six documents',
      turns([text, ...Array.from({ length: 6 }, (_, index) => document(`Report ${index}`))]),
      /can't include more than 5 documents/,
    ],
    [
      'a document of more than 4.5 MB',
      turns([text, document('Report', Buffer.alloc(4.5 * 1024 * 1024 + 1))]),
      /maximum document size is 4\.5 MB/,
    ],
    [
      'a name of a document with a line',
      turns([text, document('a_b')]),
      /document file name can only contain/,
    ],
    ['a name of a document with two spaces', turns([text, document('a  b')]), /one consecutive whitespace/],
    [
      'two documents of one name, be it in two messages',
      turns([text, document('a')], [text], [text, document('a')]),
      /duplicate document names/,
    ],
    [
      'a tool of a wrong name',
      { ...hello, toolConfig: { tools: [tool('a.b')] } },
      /toolConfig\.tools\.1\.member\.toolSpec\.name' failed .* pattern: \[a-zA-Z0-9_-\]\+$/,
    ],
    [
      'a tool of too long a name',
      { ...hello, toolConfig: { tools: [tool('a'.repeat(65))] } },
      /length less than or equal to 64/,
    ],
    [
      'a tool with an empty description',
      { ...hello, toolConfig: { tools: [tool('a', '')] } },
      /description' failed .* length greater than or equal to 1/,
    ],
    [
      'no tools',
      { ...hello, toolConfig: { tools: [] } },
      /toolConfig\.tools' failed .* length greater than or equal to 1/,
    ],
    [
      'two tools of one name',
      { ...hello, toolConfig: { tools: [tool(), tool()] } },
      /weather is already defined at toolConfig\.tools\.1\.$/,
    ],
    [
      'an id of a call that is none',
      { ...turns([text], [used('a b')], [returned('a b')]), toolConfig },
      /toolUseId' failed/,
    ],
    [
      'a call of a tool without its result',
      { ...turns([text], [used('one'), used('two')], [returned('two')]), toolConfig },
      /^Expected toolResult blocks at messages\.2\.content for the following Ids: one$/,
    ],
    [
      'more results than calls',
      { ...turns([text], [used()], [returned('one'), returned('two')]), toolConfig },
      /toolResult blocks at messages\.2\.content exceeds the number of toolUse blocks/,
    ],
    ['tools in the history alone', turns([text], [used()], [returned()]), /toolConfig field must be defined/],
    [
      'a failure of a tool that says nothing',
      {
        ...turns([text], [used()], [{ toolResult: { toolUseId: 'one', content: [], status: 'error' } }]),
        toolConfig,
      },
      /content field at messages\.2\.content\.0\.toolResult cannot be empty/,
    ],
    [
      'five points of the cache',
      turns([text, point(), point(), point(), point(), point()]),
      /maximum of 4 blocks with cache_control may be provided\. Found 5/,
    ],
    [
      'a point for an hour after one for five minutes',
      { ...turns([text, text, point('1h')]), system: [{ text: 'Be brief.' }, point()] },
      /messages\.0\.content\.1\.cache_control\.ttl: a ttl='1h' .* must not come after a ttl='5m'/,
    ],
    [
      'a point of the cache after a thought',
      turns([text], [thought('x'), point(), text], [text]),
      /Cache point cannot be inserted after reasoning block/,
    ],
    [
      'an empty stop sequence',
      { ...hello, inferenceConfig: { stopSequences: [''] } },
      /stopSequences\.1\.member' failed/,
    ],
    [
      'too many stop sequences',
      { ...hello, inferenceConfig: { stopSequences: Array.from({ length: 2501 }, String) } },
      /length less than or equal to 2500/,
    ],
    [
      'a video',
      turns([{ video: { format: 'mp4', source: { bytes: new Uint8Array(1) } } }]),
      /support the video field/,
    ],
    [
      'a sound',
      turns([{ audio: { format: 'mp3', source: { bytes: new Uint8Array(1) } } }]),
      /support the audio field/,
    ],
  ])('%s', async (_fault, request, message) => {
    expect(await refusalOf(modelId, request)).toMatch(message);
  });
});

describe('Claude refuses, in words of its own,', () => {
  test.each<[fault: string, request: Request, message: RegExp]>([
    [
      'a thought that was changed',
      { ...turns([text], [thought('forged')], [text]), ...budget },
      /messages\.1\.content\.0: Invalid `signature` in `thinking` block/,
    ],
    [
      'a thought without its signature',
      turns([text], [thought()], [text]),
      /messages\.1\.content\.0\.thinking\.signature: Field required/,
    ],
    [
      'results that come after something else',
      { ...turns([text], [used()], [text, returned()]), toolConfig },
      /messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: one/,
    ],
    [
      'one id for two calls',
      { ...turns([text], [used()], [returned()], [used()], [returned()]), toolConfig },
      /messages\.3\.content\.0: `tool_use` ids must be unique/,
    ],
    [
      'an empty result',
      {
        ...turns([text], [used()], [{ toolResult: { toolUseId: 'one', content: [{ text: '' }] } }]),
        toolConfig,
      },
      /text content blocks must be non-empty/,
    ],
    [
      'instructions of white space',
      { ...hello, system: [{ text: ' ' }] },
      /system: text content blocks must contain non-whitespace text/,
    ],
    [
      'a stop sequence of white space',
      { ...hello, inferenceConfig: { stopSequences: ['\n'] } },
      /each stop sequence must contain non-whitespace/,
    ],
    [
      'a PDF that is none',
      turns([text, document('a', new Uint8Array([1]))]),
      /messages\.0\.content\.1\.pdf\.source\.base64\.data: The PDF specified was not valid/,
    ],
    [
      'more than 100 pages',
      turns([text, document('a', pdfOf(60)), document('b', pdfOf(41))]),
      /maximum of 100 PDF pages/,
    ],
    [
      'thoughts where any tool has to be called',
      { ...hello, ...budget, toolConfig: { ...toolConfig, toolChoice: { any: {} } } },
      /Thinking may not be enabled when tool_choice forces tool use/,
    ],
    [
      'thoughts where one tool has to be called',
      {
        ...hello,
        ...thinking({ type: 'adaptive' }),
        toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'weather' } } },
      },
      /Thinking may not be enabled/,
    ],
    [
      'a temperature while it thinks',
      { ...hello, ...budget, inferenceConfig: { temperature: 0.5 } },
      /`temperature` may only be set to 1 when thinking/,
    ],
    [
      'a low top_p while it thinks',
      { ...hello, ...budget, inferenceConfig: { topP: 0.9 } },
      /`top_p` must be greater than or equal to 0\.95/,
    ],
    [
      'top_k while it thinks',
      { ...hello, additionalModelRequestFields: { thinking: { type: 'adaptive' }, top_k: 5 } },
      /`top_k` must be unset/,
    ],
    [
      'too small a budget',
      { ...hello, ...thinking({ type: 'enabled', budget_tokens: 1023 }) },
      /thinking\.enabled\.budget_tokens: Input should be greater than or equal to 1024/,
    ],
    [
      'a budget that leaves nothing for the answer',
      { ...hello, ...budget, inferenceConfig: { maxTokens: 1024 } },
      /`max_tokens` must be greater than `thinking\.budget_tokens`/,
    ],
    [
      'no budget',
      { ...hello, ...thinking({ type: 'enabled' }) },
      /thinking\.enabled\.budget_tokens: Field required/,
    ],
    [
      'an effort among the fields of thinking',
      { ...hello, ...thinking({ type: 'adaptive', effort: 'low' }) },
      /Extra inputs are not permitted/,
    ],
    [
      'a call of a tool without the thoughts before it',
      { ...turns([text], [used()], [returned()]), ...budget, toolConfig },
      /messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
    ],
    [
      "another family's way to think",
      { ...hello, additionalModelRequestFields: { reasoning_effort: 'low' } },
      /extraneous key \[reasoning_effort\] is not permitted/,
    ],
  ])('%s', async (_fault, request, message) => {
    const said = await refusalOf(models.claude.modelId, request);
    expect(said).toMatch(message);
  });
});

test.each<[field: string, request: Request]>([
  ['image', turns([text, image()])],
  ['document', turns([text, document('a')])],
  ['cachePoint', turns([text, point()])],
  ['cachePoint', { ...hello, system: [point()] }],
  ['reasoningContent', turns([text], [thought()], [text])],
  ['searchResult', turns([{ searchResult: { source: 's', title: 't', content: [{ text: 'c' }] } }])],
])('a model that does not take the field %s says so', async (field, request) => {
  expect(await refusalOf(models.bare.modelId, request)).toBe(
    `This model doesn't support the ${field} field. Remove ${field} and try again.`,
  );
});

test('a model that cannot think does not know how it is asked to', async () => {
  expect(
    await refusalOf(models.bare.modelId, {
      ...hello,
      additionalModelRequestFields: { reasoning_effort: 'low' },
    }),
  ).toMatch(/extraneous key \[reasoning_effort\]/);
});

test('Nova that thinks hard takes no number of tokens', async () => {
  const request = {
    ...hello,
    inferenceConfig: { maxTokens: 100 },
    additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
  };
  expect(await refusalOf(models.nova.modelId, request)).toMatch(/cannot be used with maxReasoningEffort/);
});

const choosing = (toolChoice: NonNullable<ConverseCommandInput['toolConfig']>['toolChoice']): Request => ({
  ...hello,
  toolConfig: { ...toolConfig, toolChoice },
});

test.each<[fault: string, model: keyof typeof models, request: Request, message: string]>([
  [
    'to call any tool',
    'gpt',
    choosing({ any: {} }),
    "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
  ],
  [
    'to call one tool',
    'gpt',
    choosing({ tool: { name: 'weather' } }),
    "This model doesn't support the toolConfig.toolChoice.tool field.",
  ],
  [
    'to call any tool',
    'newClaude',
    choosing({ any: {} }),
    'tool_choice: type "tool" and "any" are not supported for this model.',
  ],
  [
    'to think adaptively',
    'oldClaude',
    { ...hello, ...thinking({ type: 'adaptive' }) },
    'adaptive thinking is not supported on this model',
  ],
  [
    'to try hard',
    'oldClaude',
    { ...hello, additionalModelRequestFields: { output_config: { effort: 'high' } } },
    'This model does not support the effort parameter',
  ],
  [
    'to think within a budget',
    'newClaude',
    { ...hello, ...budget },
    '"thinking.type.enabled" is not supported for this model.',
  ],
  [
    'not to think',
    'newClaude',
    { ...hello, ...thinking({ type: 'disabled' }) },
    '"thinking.type.disabled" is not supported for this model.',
  ],
  [
    'to cache tools',
    'nova',
    { ...hello, toolConfig: { tools: [tool(), point()] } },
    "This model doesn't support the cachePoint field.",
  ],
  [
    'to cache for an hour',
    'nova',
    { ...hello, system: [{ text: 'Be brief.' }, point('1h')] },
    'system.0.cache_control.ephemeral.ttl: Extra inputs are not permitted',
  ],
])('%s is refused by %s, which does not do that', async (_, model, request, message) => {
  expect(await refusalOf(models[model].modelId, request)).toContain(message);
});

test('Nova says that a prompt is too long in the first event of a stream, and it costs nothing', async () => {
  const { modelId, contextTokens } = models.nova;
  const prompt = { modelId, ...turns([{ text: 'word '.repeat(contextTokens).trim() }]) };
  const { client, bedrock } = await startUnderTest();
  const tooLong = { name: 'ValidationException', message: expect.stringMatching(/^Input Tokens Exceeded/) };
  await expect(client.send(new ConverseCommand(prompt))).rejects.toMatchObject(tooLong);
  // The SDK reads the first event before it gives a stream away.
  const streamed = client.send(new ConverseStreamCommand(prompt)).then(({ stream }) => collect(stream));
  await expect(streamed).rejects.toMatchObject(tooLong);
  expect(bedrock.billed.inputTokens).toBe(0);
});

test('a prompt that fills the context window is too long, and an answer ends where the window does', async () => {
  const { modelId, contextTokens } = models.claude;
  const prompt = (tokens: number) => turns([{ text: 'word '.repeat(tokens).trim() }]);
  expect(await refusalOf(modelId, prompt(contextTokens))).toBe('Input is too long for requested model.');
  const { client } = await startUnderTest();
  const command = new ConverseCommand({ modelId, ...prompt(contextTokens - 3) });
  expect(await client.send(command)).toMatchObject({
    stopReason: 'model_context_window_exceeded',
    usage: { totalTokens: contextTokens, outputTokens: 3 },
  });
});
