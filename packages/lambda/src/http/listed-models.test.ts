import { expect, test } from 'vitest';
import { exchange } from '../testing/exchange.ts';
import { config, requestOf } from '../testing/request.ts';

const aliases = new Map([
  ['gpt-4o', 'llama'],
  ['openai/gpt-4o:mini', 'titan'],
]);
const named = { ...config, aliases };

async function list(keyId: string) {
  const { handlerOptions, event } = requestOf(null, { keyId, config: named, route: ['GET', '/v1/models'] });
  return JSON.parse((await exchange(event, handlerOptions)).body);
}

async function lookUp(model: string, keyId = 'key2') {
  const { handlerOptions, event } = requestOf(null, {
    keyId,
    config: named,
    route: ['GET', '/v1/models/{model}'],
    pathParameters: { model },
  });
  const { head, body } = await exchange(event, handlerOptions);
  return { status: head.statusCode, json: JSON.parse(body) };
}

test('a key sees its own models and the names that lead to them, in one page', async () => {
  const small = await list('key1');
  expect(small).toMatchObject({ object: 'list', has_more: false, first_id: 'llama', last_id: 'gpt-4o' });
  expect(small.data.map(({ id }: { id: string }) => id)).toEqual(['llama', 'gpt-4o']);
  // The plan allows less than the model.
  expect(small.data[0]).toMatchObject({ owned_by: 'meta', max_tokens: 256 });
  const large = await list('key2');
  expect(large.data).toHaveLength(4);
});

test.each([
  ['as it is', 'openai/gpt-4o:mini'],
  ['encoded', 'openai%2Fgpt-4o%3Amini'],
])('a name that API Gateway passes on %s is found, and is the id of the listed model', async (_how, name) => {
  const { status, json } = await lookUp(name);
  expect([status, json.id, json.owned_by]).toEqual([200, 'openai/gpt-4o:mini', 'amazon']);
});

test.each([
  ['does not exist', 'gpt-5', 404, 'unknown_model'],
  ['is not a valid encoding', '%E0%A4%A', 404, 'unknown_model'],
  ['is outside the plan', 'titan', 403, 'model_not_allowed'],
])('a name that %s is an error in the envelope', async (_what, name, status, code) => {
  const refused = await lookUp(name, 'key1');
  expect([refused.status, refused.json.error.code]).toEqual([status, code]);
});
