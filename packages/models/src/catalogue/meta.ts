import type { ModelDefinition } from '../model.ts';
import { priceList } from './price-list.ts';
import * as regions from './regions.ts';
import { card } from './sources.ts';
import { shortTemplate } from './templates.ts';

/**
 * Every Llama on Bedrock is Legacy, closed to accounts that have not used it, and ends on 2027-03-30. Bedrock refuses
 * `outputConfig` and a forced tool for them, so none takes an `outputSchema`. The cards say that they call tools, but
 * AWS's table of Converse has tools only for whole answers and not for streams. The catalogue does not make this
 * distinction, so they get no tools.
 */
const llama = {
  upstream: 'converse',
  templateTokens: shortTemplate,
  capabilities: ['system', 'history', 'stop', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
  lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
} as const satisfies Partial<ModelDefinition>;

export const meta = {
  'llama-4-maverick': {
    ...llama,
    modelId: 'meta.llama4-maverick-17b-instruct-v1:0',
    onDemandRegions: [],
    inferenceProfiles: { us: regions.usFromFour },
    contextTokens: 1024 * 1024,
    maxOutputTokens: 8192,
    price: priceList['llama-4-maverick'],
    source: card('meta-llama-4-maverick-17b-instruct'),
  },
  'llama-4-scout': {
    ...llama,
    modelId: 'meta.llama4-scout-17b-instruct-v1:0',
    onDemandRegions: [],
    inferenceProfiles: { us: regions.usFromFour },
    // The card says 10M; others found 3.5M.
    contextTokens: 3.5 * 1024 * 1024,
    maxOutputTokens: 8192,
    price: priceList['llama-4-scout'],
    source: card('meta-llama-4-scout-17b-instruct'),
  },
  'llama-3.3-70b': {
    ...llama,
    modelId: 'meta.llama3-3-70b-instruct-v1:0',
    onDemandRegions: ['us-east-2'],
    inferenceProfiles: { us: regions.usFromThree },
    contextTokens: 128 * 1024,
    maxOutputTokens: 4096,
    price: priceList['llama-3.3-70b'],
    source: card('meta-llama-3-3-70b-instruct'),
  },
} satisfies Record<string, ModelDefinition>;
