import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import type { ModelDefinition } from './model.ts';
import { namesOf } from './model-names.ts';

const claude = (modelId: string): ModelDefinition => ({ ...catalogue['claude-haiku-4.5'], modelId });

test.each([
  ['claude-haiku-4-5-20251001'],
  ['claude-haiku-4-5'],
  ['anthropic.claude-haiku-4-5-20251001-v1:0'],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0'],
  ['global.anthropic.claude-haiku-4-5-20251001-v1:0'],
])('a snapshot of Claude is known as %s', (name) => {
  expect(namesOf(catalogue['claude-haiku-4.5'])).toContain(name);
});

test('a Claude without a snapshot is known by the one id that Anthropic has for it', () => {
  expect(namesOf(catalogue['claude-sonnet-4.6'])).toEqual(
    expect.arrayContaining(['claude-sonnet-4-6', 'us.anthropic.claude-sonnet-4-6']),
  );
  expect(namesOf(claude('anthropic.claude-opus-4-6-v1'))).toContain('claude-opus-4-6');
});

test('another snapshot is another model', () => {
  const names = namesOf(claude('anthropic.claude-sonnet-4-5-20250929-v1:0'));
  expect(names).toEqual(expect.arrayContaining(['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929']));
  expect(names).not.toContain('claude-sonnet-4-5-20250101');
});

test('other models are known by the ids that Bedrock has for them', () => {
  expect(namesOf(catalogue['nova-pro'])).toEqual(
    expect.arrayContaining(['amazon.nova-pro-v1:0', 'us.amazon.nova-pro-v1:0']),
  );
});

test('no name of a model in the catalogue is the alias of another', () => {
  for (const [alias, definition] of Object.entries<ModelDefinition>(catalogue)) {
    for (const name of namesOf(definition)) {
      if (Object.hasOwn(catalogue, name)) expect(name).toBe(alias);
    }
  }
});
