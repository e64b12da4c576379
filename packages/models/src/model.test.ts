import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import { cacheTtlsOf, capabilitiesOf } from './model.ts';

test("a model's capabilities follow from its tools, reasoning, cache and structured output", () => {
  const { toolChoices, reasoning, cache, structuredOutput, ...bare } = catalogue['claude-sonnet-4.6'];
  expect(capabilitiesOf(bare)).toEqual(bare.capabilities);
  const further = { toolChoices, reasoning, cache, structuredOutput, serviceTiers: ['flex'] } as const;
  expect(capabilitiesOf({ ...bare, ...further })).toEqual([
    ...bare.capabilities,
    ...['tools', 'reasoning', 'cache', 'serviceTier', 'outputSchema'],
  ]);
  expect(capabilitiesOf({ ...bare, cache: { implicit: true } })).toEqual(bare.capabilities);
  expect(capabilitiesOf(catalogue['titan-embed-v2'])).toEqual(['embed']);
});

test('a model that caches by itself may write to a cache without being asked', () => {
  expect(cacheTtlsOf(catalogue['claude-sonnet-4.6'], [])).toEqual(['5m']);
  expect(cacheTtlsOf(catalogue['claude-sonnet-4.6'], ['1h'])).toEqual(['1h', '5m']);
  expect(cacheTtlsOf(catalogue['qwen3-32b'], [])).toEqual([]);
});
