import type { AskRequest } from '@org/contract';
import { expect, onTestFinished, test, vi } from 'vitest';
import { answer, replying } from '../../test/loopback-server.ts';
import { scene, settings } from '../../test/scene.ts';
import { createBedrockClient } from '../client.ts';
import { ConfigurationError } from '../errors/errors.ts';
import type { StreamOptions } from './options.ts';

const secret = 'planted-text-0123456789';
const circle: Record<string, unknown> = { secret };
circle['itself'] = circle;

/** What `call` is refused with, before a timer is started or anything is sent. */
async function refusal(name: 'ask' | 'models' | 'usage', ...given: unknown[]): Promise<ConfigurationError> {
  const fetch = vi.fn();
  const client = createBedrockClient({ ...settings, fetch });
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
  ['no question', ['llama'], 'question', 'question must be a string or an array of blocks.'],
  ['a circular question', ['llama', circle], 'question', 'question must be a string or an array of blocks.'],
  [
    'a question that is a BigInt',
    ['llama', 10n],
    'question',
    'question must be a string or an array of blocks.',
  ],
  ['options of null', ['llama', 'Hi', null], 'options', 'options must be an object.'],
  ['options that are text', ['llama', 'Hi', secret], 'options', 'options must be an object.'],
])('%s is refused before anything begins', async (_, given, field, message) => {
  const error = await refusal('ask', ...given);
  expect(error).toMatchObject({ code: 'invalid_configuration', field, message, attempts: 0 });
});

const milliseconds = 'a number of milliseconds above 0 and at most 2147483647';
const aTurn = { role: 'user', text: 'Hi' };

test.each<[string, unknown, string]>([
  ['maxTokens', 10n, "maxTokens must be a number, or 'fit'."],
  ['maxTokens', 'fits', "maxTokens must be a number, or 'fit'."],
  ['customer', 7, 'customer must be a string.'],
  ['temperature', '0.5', 'temperature must be a number.'],
  ['temperature', Number.NaN, 'temperature must be a number.'],
  ['topP', Number.POSITIVE_INFINITY, 'topP must be a number.'],
  ['topP', null, 'topP must be a number.'],
  ['system', circle, 'system must be a string or an array of blocks.'],
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
  ['headers', new Headers({ 'x-tag': secret }), 'headers must be a plain object.'],
  ['headers', new Map([['x-tag', secret]]), 'headers must be a plain object.'],
  ['headers', { 'x-tag': `${secret}\nx` }, 'headers has a name or a value that cannot be sent: "x-tag".'],
  ['headers', { Host: secret }, 'headers cannot override "Host", which fetch sets.'],
  ['headers', { 'content-length': '5' }, 'headers cannot override "content-length", which fetch sets.'],
  ['timeoutMs', -1, `timeoutMs must be ${milliseconds}.`],
  ['deadlineMs', Number.POSITIVE_INFINITY, `deadlineMs must be ${milliseconds}.`],
  ['maxRetries', Number.NaN, 'maxRetries must be a whole number, 0 or more.'],
])('%s that is wrong is refused before anything begins, and named: %o', async (field, value, message) => {
  expect(await refusal('ask', 'llama', 'Hi', { [field]: value })).toMatchObject({ field, message });
});

test.each<['models' | 'usage', unknown, string, string]>([
  ['models', { model: 'llama' }, 'model', 'Unknown option "model" for models().'],
  ['usage', { model: 'llama' }, 'model', 'Unknown option "model" for usage().'],
  ['usage', null, 'options', 'options must be an object.'],
  ['usage', { signal: {} }, 'signal', 'signal must be an AbortSignal.'],
])('%s refuses options that are wrong as well: %j', async (method, options, field, message) => {
  expect(await refusal(method, options)).toMatchObject({ field, message });
});

test('a misspelled option reaches the proxy, which refuses it by its name; those of the client do not', async () => {
  const { client, calls } = await scene(replying(200, answer));
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
  const client = createBedrockClient(settings);
  const asked = Reflect.apply(client.ask, client, ['llama', 'Hi', { signal }]);
  await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: reason });
});
