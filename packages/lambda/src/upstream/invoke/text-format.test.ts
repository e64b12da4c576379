import { isDeepStrictEqual } from 'node:util';
import { type InvokeFormat, invokeFormats } from '@org/models';
import { expect, test } from 'vitest';
import { llama } from './llama.ts';
import type { TextFormat } from './text-format.ts';
import { titanText } from './titan-text.ts';

const prompt = '¿Qué es "una" distopía?';
const call = { maxTokens: 100 };
const formats: Readonly<Record<InvokeFormat, TextFormat>> = { 'titan-text': titanText, llama };

test('Titan is asked with the defaults of the original proxy', () => {
  expect(titanText.request(prompt, call)).toEqual({
    inputText: '¿Qué es "una" distopía?',
    textGenerationConfig: { maxTokenCount: 100, stopSequences: [], temperature: 0, topP: 0.9 },
  });
});

test('Llama is asked with the defaults of the original proxy', () => {
  expect(llama.request(prompt, call)).toEqual({
    prompt: '¿Qué es "una" distopía?',
    max_gen_len: 100,
    top_p: 0.9,
    temperature: 0.2,
  });
});

test('a call overrides the defaults, zero included', () => {
  expect(titanText.request(prompt, { ...call, temperature: 0.5, topP: 0, stop: ['End'] })).toMatchObject({
    textGenerationConfig: { temperature: 0.5, topP: 0, stopSequences: ['End'] },
  });
  expect(llama.request(prompt, { ...call, temperature: 0, topP: 1 })).toMatchObject({
    temperature: 0,
    top_p: 1,
  });
});

const options = { stop: ['End'], temperature: 0.55, topP: 0.45 };

test.each(Object.entries(formats))('the body of %s has all that it says it takes', (name, format) => {
  const changed = Object.entries(options).flatMap(([field, value]) => {
    const body = format.request(prompt, { ...call, [field]: value });
    return isDeepStrictEqual(body, format.request(prompt, call)) ? [] : [field];
  });
  const { capabilities } = invokeFormats[name === 'llama' ? name : 'titan-text'];
  expect(changed).toEqual(Object.keys(options).filter((field) => capabilities.some((can) => can === field)));
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
  expect(titanText.whole(body)).toEqual({ text: 'Bleak.', stopReason, inputTokens: 3, outputTokens: 5 });
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
  expect(llama.whole(body)).toEqual({ text: 'Bleak.', stopReason, inputTokens: 3, outputTokens: 5 });
});

test.each([null, 'text', {}, { results: [] }])('%j is not an answer of either family', (body) => {
  expect(titanText.whole(body)).toBeUndefined();
  expect(llama.whole(body)).toBeUndefined();
});
