import type { ModelDefinition } from '../model.ts';
import { priceList } from './price-list.ts';
import * as regions from './regions.ts';
import { card } from './sources.ts';

const embed = {
  upstream: 'embed',
  format: 'cohere-embed',
  maxOutputTokens: 0,
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

export const cohere = {
  'cohere-embed-v3': {
    ...embed,
    modelId: 'cohere.embed-multilingual-v3',
    // The Regions in which the price list has it.
    onDemandRegions: [
      ...['us-east-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
      ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
      ...['ap-northeast-1', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
    ],
    // AWS documents at most 2,048 characters for each text; a vector always has 1,024 numbers.
    contextTokens: 2048,
    price: priceList['cohere-embed-v3'],
    source: {
      url: 'https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html',
      date: '2026-10-01',
    },
  },
  'cohere-embed-v4': {
    ...embed,
    modelId: 'cohere.embed-v4:0',
    onDemandRegions: ['us-east-1', 'eu-west-1', 'ap-northeast-1'],
    inferenceProfiles: {
      us: regions.usFromFour,
      eu: regions.europeFromEight,
      global: regions.worldwideFrom([
        ...[...Object.keys(regions.usFromFour), 'ca-central-1', 'sa-east-1'],
        ...Object.keys(regions.europeFromEight),
        ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
        ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'],
      ]),
    },
    dimensions: [1536, 1024, 512, 256],
    contextTokens: 128 * 1024,
    price: priceList['cohere-embed-v4'],
    source: card('cohere-embed-v4'),
  },
} satisfies Record<string, ModelDefinition>;
