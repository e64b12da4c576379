import { expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { usageId } from '../usage-id.ts';
import { messagesDoor } from './anthropic/anthropic.ts';
import type { Door } from './door.ts';
import { embeddingsDoor as nativeEmbeddingsDoor } from './native/embeddings.ts';
import { nativeDoor } from './native/native.ts';
import { chatCompletionsDoor } from './openai/chat/chat.ts';
import { embeddingsDoor } from './openai/embeddings/embeddings.ts';
import { responsesDoor } from './openai/responses/responses.ts';

const model = 'nova-lite';
const messages = [{ role: 'user', content: 'Hi' }];

/** The fields of each door that name a customer, the one that takes precedence first, with a request of it. */
const doors: readonly (readonly [name: string, Door, body: JsonObject, fields: readonly string[]])[] = [
  ['an ask', nativeDoor({ whole: true }), { model, question: 'Hi' }, ['customer']],
  ['vectors', nativeEmbeddingsDoor, { model, inputs: ['Hi'] }, ['customer']],
  ['a chat completion', chatCompletionsDoor, { model, messages }, ['safety_identifier', 'user']],
  ['a response', responsesDoor, { model, input: 'Hi' }, ['safety_identifier', 'user']],
  ['embeddings', embeddingsDoor, { model, input: 'Hi' }, ['user']],
];

const customerOf = (door: Door, body: JsonObject) => door.parse(body, () => undefined).customer;

test.each(doors)('%s names its customer, a mail address only by its hash', (_name, door, body, fields) => {
  expect(customerOf(door, body)).toBeUndefined();
  for (const field of fields) {
    expect(customerOf(door, { ...body, [field]: 'customer-1' })).toBe('customer-1');
    expect(customerOf(door, { ...body, [field]: 'ann@example.com' })).toBe(usageId('ann@example.com'));
  }
  const all = Object.fromEntries(fields.map((field, index) => [field, `customer-${index}`]));
  expect(customerOf(door, { ...body, ...all })).toBe('customer-0');
});

const message = (metadata: JsonObject) =>
  customerOf(messagesDoor, { model, max_tokens: 5, messages, metadata });

test("a message's customer is its user id", () => {
  expect(message({ user_id: 'customer-1' })).toBe('customer-1');
  expect(message({ user_id: 'ann@example.com' })).toBe(usageId('ann@example.com'));
  for (const metadata of [{}, { user_id: null }, { user_id: '' }]) expect(message(metadata)).toBeUndefined();
});

test.each([
  (session: string) => `user_4f2a_account__session_${session}`,
  (session: string) => `{"device_id":"4f2a","account_uuid":"","session_id":"${session}"}`,
])('all sessions of Claude Code are one customer', (userId) => {
  expect(message({ user_id: userId('1d-2') })).toBe(message({ user_id: userId('3e-4') }));
  expect(message({ user_id: userId('1d-2') })).toBeDefined();
});

test.each([
  ['', 'customer must not be empty.'],
  ['a'.repeat(129), 'customer must have at most 128 characters: send an id.'],
])('a customer of %j is refused', (customer, text) => {
  expect(() => customerOf(nativeDoor({ whole: true }), { model, question: 'Hi', customer })).toThrow(
    expect.objectContaining({ statement: expect.objectContaining({ message: text }) }),
  );
});
