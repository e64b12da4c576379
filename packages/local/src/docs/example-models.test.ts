import { catalogue } from '@org/models';
import { expect, test } from 'vitest';
import { withModels } from './example-models.ts';

const example = (model: string) => ({
  content: { examples: { one: { value: { model, question: 'Why?' } } } },
});

test.each([
  ['one that is offered', 'nova-lite', ['titan', 'nova-lite'], 'nova-lite'],
  ['one that is not', 'nova-lite', ['titan-embed-v2', 'llama', 'claude-haiku-4.5'], 'claude-haiku-4.5'],
  ['an embedding model', 'titan-embed-v2', ['claude-haiku-4.5', 'cohere-embed-v4'], 'cohere-embed-v4'],
  ['one that nothing here is like', 'titan-embed-v2', ['claude-haiku-4.5'], 'titan-embed-v2'],
])('an example that asks %s asks what is offered and can the same', (_, asked, offered, expected) => {
  expect(withModels(example(asked), offered)).toEqual(example(expected));
});

test('a model of the config is known by its own name and by what it can', () => {
  const own = { ...catalogue['nova-pro'], alias: 'mine' };
  expect(withModels(example('nova-lite'), ['titan-embed-v2', own])).toEqual(example('mine'));
});
