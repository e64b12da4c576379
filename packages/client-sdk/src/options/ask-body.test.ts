import type { AskRequest } from '@org/contract';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answer, reply, serve } from '../../test/loopback-server.ts';
import { createBedrockClient } from '../client.ts';
import { ConfigurationError } from '../errors/errors.ts';
import type { StreamOptions } from './options.ts';

const secret = 'planted-text-0123456789';
const circle: Record<string, unknown> = { secret };
circle['itself'] = circle;

/** What `call` is refused with, before a timer is started or anything is sent. */
async function refusal(name: 'ask' | 'usage', ...given: unknown[]): Promise<ConfigurationError> {
  const fetch = vi.fn();
  const client = createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey: 'key', fetch });
  const timers = vi.spyOn(globalThis, 'setTimeout');
  onTestFinished(() => {
    timers.mockRestore();
  });
  const error: unknown = await Reflect.apply(client[name], client, given).catch((thrown: unknown) => thrown);
  expect(timers).not.toHaveBeenCalled();
  expect(fetch).not.toHaveBeenCalled();
  if (error instanceof ConfigurationError) {
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(secret);
    return error;
  }
  throw error;
}

test.each<[string, unknown[], string, string]>([
  ['no model', [], 'model', 'model must be a string.'],
  ['a model that is not a string', [7n, 'Hi'], 'model', 'model must be a string.'],
  ['no question', ['llama'], 'question', 'question must be a string.'],
  ['a circular question', ['llama', circle], 'question', 'question must be a string.'],
  ['a question that is a BigInt', ['llama', 10n], 'question', 'question must be a string.'],
  ['options of null', ['llama', 'Hi', null], 'options', 'options must be an object.'],
  ['options that are text', ['llama', 'Hi', secret], 'options', 'options must be an object.'],
])('%s is refused before anything begins', async (_, given, field, message) => {
  const error = await refusal('ask', ...given);
  expect(error).toMatchObject({ code: 'invalid_configuration', field, message, attempts: 0 });
});

const aTurn = { role: 'user', text: 'Hi' };

test.each<[string, unknown, string]>([
  ['maxTokens', 10n, 'maxTokens must be a number.'],
  ['temperature', '0.5', 'temperature must be a number.'],
  ['topP', null, 'topP must be a number.'],
  ['system', circle, 'system must be a string.'],
  ['stop', secret, 'stop must be an array.'],
  ['stop', ['END', 1n], 'stop.1 must be a string.'],
  ['history', secret, 'history must be an array.'],
  ['history', [null], 'history.0 must be an object.'],
  ['history', Array(1), 'history.0 must be an object.'],
  ['history', [aTurn, { role: 1n, text: 'Hi' }], 'history.1.role must be a string.'],
  ['history', [aTurn, { role: 'user', text: circle }], 'history.1.text must be a string.'],
  ['signal', {}, 'signal must be an AbortSignal.'],
  ['signal', new AbortController(), 'signal must be an AbortSignal.'],
  ['headers', secret, 'headers must be an object.'],
])('%s of another type is refused before anything begins, and named', async (field, value, message) => {
  expect(await refusal('ask', 'llama', 'Hi', { [field]: value })).toMatchObject({ field, message });
});

test.each<[string, unknown]>([
  ['options', null],
  ['signal', { signal: {} }],
])('usage refuses %s of another type as well', async (field, options) => {
  expect(await refusal('usage', options)).toMatchObject({ field });
});

test('a misspelled option reaches the proxy, which refuses it by its name; those of the client do not', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  const client = createBedrockClient({ baseUrl: url, apiKey: 'key' });
  const own = {
    timeoutMs: 1000,
    deadlineMs: 1000,
    idleTimeoutMs: 1000,
    maxRetries: 0,
    headers: {},
    signal: new AbortController().signal,
    schema: undefined,
  } satisfies Record<Exclude<keyof StreamOptions, keyof AskRequest>, unknown>;
  const options = { ...own, maxtokens: 10 };
  await client.ask('llama', 'Hi', options);
  expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ model: 'llama', question: 'Hi', maxtokens: 10 });
});

test('a client of null options is refused', () => {
  const create = () => Reflect.apply(createBedrockClient, undefined, [null]);
  expect(create).toThrow(new ConfigurationError({ field: 'options', message: 'options must be an object.' }));
});

test('a signal of another realm or a polyfill is accepted', async () => {
  const reason = new Error('The user left.');
  const signal = Object.assign(new EventTarget(), { aborted: true, reason });
  const client = createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey: 'key' });
  const asked = Reflect.apply(client.ask, client, ['llama', 'Hi', { signal }]);
  await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: reason });
});
