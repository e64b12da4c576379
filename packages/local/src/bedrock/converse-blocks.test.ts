import {
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { asks, models, startUnderTest } from './client-under-test.ts';

const { native, bare } = models;
const bytes = new Uint8Array([1, 2, 3]);
const image: ContentBlock = { image: { format: 'png', source: { bytes } } };
const document: ContentBlock = { document: { format: 'pdf', name: 'Report', source: { bytes } } };
const text: ContentBlock = { text: 'Hi' };
const toolConfig = { tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object' } } } }] };
const used: ContentBlock = { toolUse: { toolUseId: 'one', name: 'weather', input: {} } };
const returned: ContentBlock = { toolResult: { toolUseId: 'one', content: [{ text: 'Rain' }] } };
const thought = (signature: string): ContentBlock => ({
  reasoningContent: { reasoningText: { text: 'Hm.', signature } },
});

/** Messages of the user and of the assistant in turn. */
const turns = (...contents: ContentBlock[][]): Pick<ConverseCommandInput, 'messages'> => ({
  messages: contents.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content })),
});

test.each<[fault: string, request: Omit<ConverseCommandInput, 'modelId'>, message: RegExp, modelId?: string]>(
  [
    ['an image from the assistant', turns([text], [image], [text]), /assistant has no image/],
    ['a call of a tool from the user', { ...turns([used]), toolConfig }, /user has no toolUse/],
    ['a document without a text beside it', turns([document]), /must have a text block/],
    [
      'a name of a document with a line',
      turns([text, { document: { format: 'pdf', name: 'a_b', source: { bytes } } }]),
      /file name/,
    ],
    [
      'a call of a tool that nobody answers',
      { ...turns([text], [used], [text]), toolConfig },
      /corresponding/,
    ],
    ['an answer to no call', { ...turns([text], [text], [returned]), toolConfig }, /corresponding/],
    ['tools in the history alone', turns([text], [used], [returned]), /toolConfig field must be defined/],
    ['a thought that was changed', turns([text], [thought('forged')], [text]), /Invalid `signature`/],
    ['a blank text', turns([{ text: ' ' }, image]), /blank/],
    [
      'an image for a model that sees none',
      turns([text, image]),
      /doesn't support the image field/,
      bare.modelId,
    ],
    [
      'a point of the cache for a model without one',
      turns([text, { cachePoint: { type: 'default' } }]),
      /doesn't support the cachePoint field/,
      bare.modelId,
    ],
    [
      'thoughts where a tool is forced',
      {
        ...turns([text]),
        toolConfig: { ...toolConfig, toolChoice: { any: {} } },
        additionalModelRequestFields: { thinking: { type: 'adaptive' } },
      },
      /Thinking may not be enabled/,
    ],
  ],
)('%s is refused', async (_fault, request, message, modelId = native.modelId) => {
  const { client, bedrock } = await startUnderTest();
  const answer = client.send(new ConverseCommand({ modelId, ...request }));
  await expect(answer).rejects.toThrow(message);
  await expect(answer).rejects.toMatchObject({ name: 'ValidationException' });
  expect(bedrock.billed).toEqual({ inputTokens: 0, outputTokens: 0 });
});

test('made to think, the model does so first, and its thoughts may come back signed', async () => {
  const { client } = await startUnderTest();
  const ask = (request: Pick<ConverseCommandInput, 'messages'>) =>
    client.send(
      new ConverseCommand({
        modelId: native.modelId,
        ...request,
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
      }),
    );
  const { output } = await ask({ messages: asks('Why?') });
  const content = output?.message?.content ?? [];
  expect(content).toMatchObject([
    { reasoningContent: { reasoningText: { text: 'They ask: Why?' } } },
    { text: expect.stringContaining('Why?') },
  ]);
  expect(await ask(turns([text], content, [text]))).toMatchObject({ stopReason: 'end_turn' });
});
