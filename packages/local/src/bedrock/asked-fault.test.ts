import { ConverseCommand, ConverseStreamCommand, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { asks, collect, models, startUnderTest } from '../testing/bedrock-client.ts';
import { askedFault } from './asked-fault.ts';

const { modelId } = models.native;
const start = () => startUnderTest({ meet: (call) => ({ fault: askedFault(call) }) });
const converse = (question: string) => new ConverseCommand({ modelId, messages: asks(question) });

test.each([
  ['throttle', 'ThrottlingException'],
  ['timeout', 'ModelTimeoutException'],
  ['error', 'ModelErrorException'],
  ['outage', 'ServiceUnavailableException'],
  ['unavailable', 'AccessDeniedException'],
])('a question with [simulate %s] gets a %s', async (word, name) => {
  const { client } = await start();
  await expect(client.send(converse(`Why? [simulate ${word}]`))).rejects.toMatchObject({ name });
});

test('a body of a family of models can ask for it too', async () => {
  const { client } = await start();
  const body = JSON.stringify({ inputText: '[simulate throttle]' });
  const asked = client.send(new InvokeModelCommand({ modelId: 'amazon.titan-text-express-v1', body }));
  await expect(asked).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('a stream with [simulate cut] breaks off in the middle', async () => {
  const { client } = await start();
  const messages = asks('Why? [simulate cut]');
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages }));
  await expect(collect(stream)).rejects.toThrow();
});

test.each(['nonsense', 'toString', 'Throttle'])(
  'a question with [simulate %s] is refused, and says what there is',
  async (word) => {
    const { client } = await start();
    await expect(client.send(converse(`Why? [simulate ${word}]`))).rejects.toMatchObject({
      name: 'ValidationException',
      message: `There is no "${word}" to simulate, only throttle, timeout, error, outage, unavailable, slow, stall, cut.`,
    });
  },
);

test('a conversation goes on after it, and so do other words in brackets', async () => {
  const { client } = await start();
  const messages = [
    ...asks('[simulate throttle]'),
    { role: 'assistant' as const, content: [{ text: 'No.' }] },
    ...asks('And [simulate a model] now?'),
  ];
  const { stopReason } = await client.send(new ConverseCommand({ modelId, messages }));
  expect(stopReason).toBe('end_turn');
});
