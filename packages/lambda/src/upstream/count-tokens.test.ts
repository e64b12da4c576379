import { catalogue } from '@org/models';
import { expect, test, vi } from 'vitest';
import type { Deadline } from '../call/deadline.ts';
import type { CountableCall } from '../call/upstream.ts';
import {
  exception,
  failureOf,
  json,
  type Script,
  startScriptedBedrock,
} from '../testing/scripted-bedrock.ts';
import { ample, call } from '../testing/upstream-call.ts';

const { bedrock, upstream } = await startScriptedBedrock();

const claude = catalogue['claude-sonnet-4.6'];
const count = (asked: CountableCall = call, deadline: Deadline = ample) =>
  upstream.count(claude, asked, deadline);

test("a conversation's tokens are counted under the model's id, with all of the input and nothing else", async () => {
  bedrock.answers.push(json({ inputTokens: 17 }));
  const tool = { type: 'tool' as const, name: 'find', inputSchema: { type: 'object' } };
  const extra = { thinking: { type: 'adaptive' } };
  const { messages } = call;
  const asked = { ...call, system: [{ type: 'text' as const, text: 'Be brief.' }], tools: [tool], extra };
  expect(await count({ ...asked, temperature: 1 })).toBe(17);
  expect(decodeURIComponent(bedrock.last.path)).toBe(`/model/${claude.modelId}/count-tokens`);
  expect(JSON.parse(bedrock.last.body)).toEqual({
    input: {
      converse: {
        messages: messages.map(({ role }) => ({ role, content: [{ text: 'What is a dystopia' }] })),
        system: [{ text: 'Be brief.' }],
        toolConfig: { tools: [{ toolSpec: { name: 'find', inputSchema: { json: { type: 'object' } } } }] },
        additionalModelRequestFields: extra,
      },
    },
  });
});

test('a body of the Messages API is counted as it would be sent', async () => {
  bedrock.answers.push(json({ inputTokens: 17 }));
  const body = { max_tokens: 5, messages: [{ role: 'user', content: 'é' }] };
  expect(await count({ kind: 'messages', body })).toBe(17);
  const { input } = JSON.parse(bedrock.last.body);
  expect(JSON.parse(Buffer.from(input.invokeModel.body, 'base64').toString())).toEqual({
    ...body,
    anthropic_version: 'bedrock-2023-05-31',
  });
});

test.each<[string, Script, code: string]>([
  ['is refused', exception('AccessDeniedException', 403), 'upstream_denied'],
  ['is throttled', exception('ThrottlingException', 429), 'model_throttled'],
  ['comes without a number', json({ inputTokens: '17' }), 'upstream_error'],
  [
    'comes as something else than JSON',
    (response) => response.writeHead(200).end('<html>'),
    'upstream_error',
  ],
])('a count that %s is an error, and is not tried again', async (_what, answer, code) => {
  bedrock.answers.push(answer);
  expect((await failureOf(count())).statement.code).toBe(code);
  expect(bedrock.requests).toBe(1);
});

test('a count that is late is given up while there is time to answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = Promise.withResolvers<void>();
  bedrock.answers.push(() => asked.resolve());
  const given = failureOf(count());
  await asked.promise;
  await vi.advanceTimersByTimeAsync(3000);
  expect((await given).statement.code).toBe('model_timeout');
});

test('a count ends when the time is up', async () => {
  const error = await failureOf(count(call, { ...ample, signal: AbortSignal.abort() }));
  expect(error.statement.code).toBe('model_timeout');
});
