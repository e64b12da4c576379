import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUsageType } from './usage-type.ts';

test.each([
  ['USE1-NovaPro-input-tokens', 'input', 'standard'],
  ['USE1-NovaPro-cache-read-input-token-count', 'cacheRead', 'standard'],
  ['USE1-NovaPro-cache-write-input-token-count', 'cacheWrite', 'standard'],
  ['USE1-Qwen3-32B-output-tokens-flex', 'output', 'flex'],
  ['USW2-Nova2.0Lite-input-tokens-priority-cross-region-global', 'input', 'priority', 'global'],
  ['USE1-qwen.qwen3-32b-mantle-input-tokens-standard', 'input', 'standard', 'mantle'],
  ['USW2-moonshotai.kimi-k3-mantle-cache-write-tokens-30m-standard', 'cacheWrite', 'standard', 'mantle'],
  ['USE1-MP:USE1_InputTokenCount-Units', 'input', 'standard'],
  ['USE1-MP:USE1_CacheReadInputTokenCount_Global-Units', 'cacheRead', 'standard', 'global'],
  ['USE1-MP:USE1_CacheWrite1hInputTokenCount-Units', 'cacheWrite1h', 'standard'],
  ['USW2-MP:USW2_InputTokenCount_LCtx_Global-Units', 'input', 'longContext', 'global'],
  ['USW2-MP:USW2_output_tokens_standard-Units', 'output', 'standard'],
  ['USW2-MP:USW2_cache_write_tokens_1h_global_standard-Units', 'cacheWrite1h', 'standard', 'global'],
  ['USW2-MP:USW2_cache_write_tokens_5m_standard-Units', 'cacheWrite', 'standard'],
  [
    'USW2-MP:USW2_cache_write_tokens_30m_long_ctx_global_standard-Units',
    'cacheWrite',
    'longContext',
    'global',
  ],
])('%s is %s tokens, %s', (usageType, kind, section, ...more) => {
  const [global, mantle] = [more.includes('global'), more.includes('mantle')];
  expect(readUsageType(usageType)).toMatchObject({ kind, section, global, mantle });
});

test('the name of a model without another name is before its tokens', () => {
  expect(readUsageType('EU-TitanEmbeddingV2-Text-input-tokens')).toMatchObject({
    subject: 'TitanEmbeddingV2-Text',
    kind: 'input',
  });
});

test.each([
  'USE1-NovaPro-input-tokens-batch',
  'USE1-NovaLite-input-tokens-custom-model',
  'USE1-NovaPro-output-tokens-latency-optimized',
  'USE1-Nova2.0Omni-input-audio-token-count',
  'USE1-Nova2.0Lite-input-tokens-cross-region-global-batch',
  'USE1-MP:USE1_InputTokenCount_Batch-Units',
  'USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units',
  'USE1-MP:USE1_ProvisionedThroughput_NoCommit_ModelUnits_Usage-Units',
  'USE1-x-mantle-input-tokens-long-ctx-priority',
  'USE1-Guardrail-ContextualGroundingPolicyUnitsConsumed',
  'USE1-x-input-tokens-constructor',
  '',
])('%s is not a price of a call that is made here', (usageType) => {
  expect(readUsageType(usageType)).toBeUndefined();
});

test('whatever the list may call its rows, reading them does not fail', () => {
  const parts = fc.array(
    fc.constantFrom(
      'USE1',
      '-MP:USE1_',
      'Input',
      'token',
      's',
      'Count',
      '_',
      '-',
      'cache',
      'write',
      '1h',
      'flex',
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map((all) => all.join('')),
      ),
      (usageType) => {
        readUsageType(usageType);
      },
    ),
  );
});
