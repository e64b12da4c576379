import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { ModelCall } from '../../call/call.ts';
import { bodyFormats } from './invoke.ts';
import { llama } from './llama.ts';
import { titanText } from './titan-text.ts';

const call: ModelCall = {
  modelId: 'model',
  question: '¿Qué es "una" distopía?',
  maxTokens: 100,
  metadata: {},
};

test('Titan is asked with the defaults of the original proxy', () => {
  expect(titanText.request(call)).toEqual({
    inputText: '¿Qué es "una" distopía?',
    textGenerationConfig: { maxTokenCount: 100, stopSequences: [], temperature: 0, topP: 0.9 },
  });
});

test('Llama is asked with the defaults of the original proxy', () => {
  expect(llama.request(call)).toEqual({
    prompt: '¿Qué es "una" distopía?',
    max_gen_len: 100,
    top_p: 0.9,
    temperature: 0.2,
  });
});

test('a call overrides the defaults, zero included', () => {
  expect(titanText.request({ ...call, temperature: 0.5, topP: 0, stop: ['End'] })).toMatchObject({
    textGenerationConfig: { temperature: 0.5, topP: 0, stopSequences: ['End'] },
  });
  expect(llama.request({ ...call, temperature: 0, topP: 1 })).toMatchObject({ temperature: 0, top_p: 1 });
});

type Chosen = 'modelId' | 'question' | 'maxTokens' | 'structured' | 'guardrail' | 'metadata';
const options: Required<Omit<ModelCall, Chosen>> = {
  system: 'Be brief.',
  history: [
    { role: 'user', text: 'Hi' },
    { role: 'assistant', text: 'Ho' },
  ],
  stop: ['End'],
  temperature: 0.55,
  topP: 0.45,
};

test.each(Object.entries(bodyFormats))('the body of %s has all that it says it takes', (_name, format) => {
  const changed = Object.entries(options).flatMap(([field, value]) => {
    const body = format.request({ ...call, [field]: value });
    return isDeepStrictEqual(body, format.request(call)) ? [] : [field];
  });
  expect(changed).toEqual(
    Object.keys(options).filter((field) => format.capabilities.some((can) => can === field)),
  );
});

test.each([
  ['FINISHED', 'end_turn'],
  ['LENGTH', 'max_tokens'],
  ['STOP_CRITERIA_MET', 'stop_sequence'],
  ['CONTENT_FILTERED', 'content_filtered'],
  ['SOMETHING_NEW', 'something_new'],
  ['toString', 'tostring'],
])('the completion reason %s of Titan is the stop reason %s', (completionReason, stopReason) => {
  const body = {
    inputTextTokenCount: 3,
    results: [{ tokenCount: 5, outputText: '\nBleak. ', completionReason }],
  };
  expect(titanText.reply(body)).toEqual({
    text: 'Bleak.',
    stopReason,
    usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
  });
});

test.each([
  ['stop', 'end_turn'],
  ['length', 'max_tokens'],
  ['toString', 'toString'],
])('the stop reason %s of Llama is %s', (reason, stopReason) => {
  const body = {
    generation: ' Bleak.\n',
    prompt_token_count: 3,
    generation_token_count: 5,
    stop_reason: reason,
  };
  expect(llama.reply(body)).toEqual({
    text: 'Bleak.',
    stopReason,
    usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
  });
});

test.each([undefined, null, 'text', {}, { results: [] }])('%j is no answer of either family', (body) => {
  expect(titanText.reply(body)).toBeUndefined();
  expect(llama.reply(body)).toBeUndefined();
});
