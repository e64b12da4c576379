import { AnswerSchema } from '@org/contract';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const outputSchema = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer', minimum: 0 } },
  required: ['city', 'people'],
};

const native = { model: 'claude-haiku-4.5', outputSchema };
const byTool = { model: 'nova-lite', outputSchema };

test.each([
  ['by Bedrock itself', native],
  ['by a tool that it is made to call', byTool],
])('a model answers in JSON of the schema, %s', async (_way, fields) => {
  const { ask } = await startSystem('everything');
  const answer = AnswerSchema.parse((await ask('all-key', fields)).json());
  expect(answer).toMatchObject({ output: { city: expect.any(String) }, stopReason: 'end_turn' });
});

test.each([
  ['by Bedrock itself', native],
  ['by a tool that it is made to call', byTool],
])('an answer that is cut off says so, whole or in pieces, and is charged (%s)', async (_way, fields) => {
  const { ask, stream, bedrock, client } = await startSystem('everything');
  const reply = await ask('all-key', { ...fields, maxTokens: 2 });
  expect([reply.status, reply.headers.get('x-should-retry')]).toEqual([502, 'false']);
  expect(reply.error()).toMatchObject({ code: 'invalid_output', details: { stopReason: 'max_tokens' } });
  expect(reply.error().message).toContain('cut off at maxTokens');
  const { events } = await (await stream('all-key', { ...fields, maxTokens: 2 })).rest();
  expect(events.at(-1)).toMatchObject({ error: { code: 'invalid_output' } });
  const { limits } = await client('all-key').client.usage();
  expect(limits[0]?.used).toBeGreaterThan(0);
  expect(bedrock.received).toHaveLength(2);
});

test('an answer of another shape is not passed off as one', async () => {
  const { ask, bedrock } = await startSystem('everything');
  bedrock.answerNext({ deltas: ['{"city":"Oran",', '"people":-1}'] });
  const reply = await ask('all-key', native);
  expect(reply.error()).toMatchObject({
    code: 'invalid_output',
    details: { stopReason: 'end_turn', issues: [{ path: 'people' }] },
  });
});

test('a schema that no model can follow is refused before anything is asked', async () => {
  const { ask, bedrock } = await startSystem('everything');
  const endless = { type: 'object', properties: { next: { $ref: '#' } } };
  const reply = await ask('all-key', { ...native, outputSchema: endless });
  expect(reply.error()).toMatchObject({ code: 'invalid_request', param: 'outputSchema' });
  expect((await ask('all-key', { ...native, outputSchema: { type: 'string' } })).error()).toMatchObject({
    code: 'invalid_request',
    details: { issues: [{ path: 'outputSchema', message: "must be a JSON Schema with type 'object'" }] },
  });
  expect(bedrock.received).toEqual([]);
});
