import fc from 'fast-check';
import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import type { ModelDefinition } from './model.ts';
import { type Effort, efforts, reasoningFields } from './reasoning.ts';

const fieldsOf = (model: ModelDefinition, effort: Effort, maxTokens = 20_000) =>
  model.upstream === 'converse' && model.reasoning
    ? reasoningFields(model.reasoning, effort, maxTokens)
    : undefined;

test.each<[alias: keyof typeof catalogue, effort: Effort, fields: object]>([
  ['claude-sonnet-4.6', 'high', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
  ['claude-sonnet-5', 'off', { thinking: { type: 'disabled' } }],
  ['claude-haiku-4.5', 'medium', { thinking: { type: 'enabled', budget_tokens: 4096 } }],
  ['nova-2-lite', 'low', { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }],
  ['nova-2-lite', 'off', { reasoningConfig: { type: 'disabled' } }],
  ['gpt-oss-20b', 'low', { reasoning_effort: 'low' }],
  ['gpt-6-sol', 'xhigh', { reasoning: { effort: 'xhigh' } }],
  ['gpt-6-sol', 'off', { reasoning: { effort: 'none' } }],
])('%s is asked to think %s in the words of its family', (alias, effort, fields) => {
  expect(fieldsOf(catalogue[alias], effort)).toEqual(fields);
});

test('a model is not asked for what it does not know, or has no room for', () => {
  expect(fieldsOf(catalogue['claude-opus-5.5'], 'off')).toBeUndefined();
  expect(fieldsOf(catalogue['nova-2-lite'], 'high')).toBeUndefined();
  expect(fieldsOf(catalogue['claude-haiku-4.5'], 'low', 1024)).toBeUndefined();
  expect(fieldsOf(catalogue['nova-micro'], 'off')).toBeUndefined();
});

test('every model can be asked for each effort that it names, and leaves room for an answer', () => {
  const models: readonly ModelDefinition[] = Object.values(catalogue);
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.constantFrom(...efforts),
      fc.integer({ min: 1025, max: 64_000 }),
      (model, effort, maxTokens) => {
        const known = model.upstream === 'converse' && model.reasoning?.efforts.includes(effort) === true;
        const fields = fieldsOf(model, effort, maxTokens);
        expect(fields !== undefined).toBe(known);
        const thinking = fields?.['thinking'];
        if (typeof thinking === 'object' && 'budget_tokens' in thinking) {
          expect(thinking['budget_tokens']).toBeGreaterThanOrEqual(1024);
          expect(thinking['budget_tokens']).toBeLessThan(maxTokens);
          if (maxTokens > 2048) expect(thinking['budget_tokens']).toBeLessThanOrEqual(maxTokens / 2);
        }
      },
    ),
  );
});
