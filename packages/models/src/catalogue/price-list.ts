import type { ModelPrice } from '../model.ts';
import type { Rates } from '../price.ts';

/** A model's price on demand, in the standard tier, with the Regions for which it was read. */
const read = (input: number, output: number, regions: readonly string[]): ModelPrice => ({
  input,
  output,
  regions,
  date: '2026-08-20',
  source: 'https://github.com/aToy0m0/bedrock-pricing/blob/main/docs/data.json',
});

/** Removes the noise of binary fractions. */
const usd = (amount: number) => Number(amount.toFixed(6));

const tier = ({ input, output }: Rates, factor: number): Rates => ({
  input: usd(input * factor),
  output: usd(output * factor),
});

/**
 * Adds the service tiers. Wherever the list has them, priority costs 1.75 times and flex half of the standard rates,
 * for some models rounded to a cent. This was read in the list of 2026-09-17 for Nova 2 Lite, gpt-oss, Qwen3, Kimi K2.5
 * and others, in all their Regions; it is assumed for their neighbours.
 *
 * @see https://github.com/koyakimu/aws-bedrock-quick-reference/blob/main/data/prices.json
 */
export const withTiers = (price: ModelPrice): ModelPrice => ({
  ...price,
  tiers: { priority: tier(price, 1.75), flex: tier(price, 0.5) },
});

/**
 * Adds Nova's rate for reading a cache: wherever that list has it, a quarter of input.
 *
 * @see https://github.com/koyakimu/aws-bedrock-quick-reference/blob/main/data/prices.json
 */
export const withCacheRead = (price: ModelPrice): ModelPrice => ({
  ...price,
  cacheRead: usd(price.input / 4),
});

/**
 * AWS's Price List, as published by others who read the whole list: each model's price in the Region that calls it,
 * there or through the profile of its geography. The prices of caches were not read; they are assumed to equal the
 * price of input.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
 */
export const priceList = {
  'nova-micro': [
    read(0.035, 0.14, ['me-central-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.037, 0.148, ['ap-southeast-2']),
    read(0.038, 0.152, ['eu-north-1']),
    read(0.039, 0.156, ['eu-south-2']),
    read(0.04, 0.16, ['eu-west-1']),
    read(0.041, 0.164, ['ap-northeast-2', 'ap-south-1']),
    read(0.042, 0.168, ['ap-northeast-1']),
    read(0.044, 0.176, ['il-central-1']),
    read(0.046, 0.184, ['eu-central-1']),
    read(0.047, 0.188, ['ap-southeast-1']),
    read(0.049, 0.196, ['eu-west-2']),
    read(0.052, 0.208, ['eu-west-3']),
    read(0.056, 0.224, ['eu-south-1']),
  ],
  'nova-lite': [
    read(0.06, 0.24, ['me-central-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.063, 0.252, ['ap-southeast-2']),
    read(0.064, 0.256, ['ca-central-1']),
    read(0.065, 0.26, ['ap-southeast-4', 'eu-north-1']),
    read(0.066, 0.264, ['eu-south-2']),
    read(0.069, 0.276, ['eu-west-1']),
    read(0.071, 0.284, ['ap-northeast-2', 'ap-south-1']),
    read(0.072, 0.288, ['ap-northeast-1', 'ap-southeast-5', 'ap-southeast-7']),
    read(0.075, 0.3, ['il-central-1']),
    read(0.077, 0.308, ['us-west-1']),
    read(0.078, 0.312, ['eu-central-1']),
    read(0.081, 0.324, ['ap-southeast-1']),
    read(0.084, 0.336, ['eu-west-2']),
    read(0.088, 0.352, ['eu-west-3']),
    read(0.096, 0.384, ['eu-south-1']),
  ],
  'nova-pro': [
    read(0.8, 3.2, ['me-central-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.84, 3.36, ['ap-southeast-2']),
    read(0.87, 3.48, ['ap-southeast-4', 'eu-north-1']),
    read(0.88, 3.52, ['eu-south-2']),
    read(0.92, 3.68, ['eu-west-1']),
    read(0.94, 3.76, ['ap-south-1']),
    read(0.95, 3.8, ['ap-northeast-2']),
    read(0.96, 3.84, ['ap-northeast-1']),
    read(1, 4, ['il-central-1']),
    read(1.03, 4.12, ['us-west-1']),
    read(1.05, 4.2, ['eu-central-1']),
    read(1.08, 4.32, ['ap-southeast-1']),
    read(1.13, 4.52, ['eu-west-2']),
    read(1.18, 4.72, ['eu-west-3']),
    read(1.28, 5.21, ['eu-south-1']),
  ],
  'nova-2-lite': [
    // The list also has us-east-1 at the price of the global profile; this is the higher price.
    read(0.33, 2.75, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.352, 2.97, ['ca-central-1']),
    read(0.363, 2.992, ['eu-north-1']),
    read(0.363, 3.205, ['eu-south-2']),
    read(0.374, 3.091, ['ca-west-1']),
    read(0.374, 3.157, ['eu-west-1']),
    read(0.396, 3.311, ['ap-northeast-1']),
    read(0.429, 3.351, ['us-west-1']),
    read(0.429, 3.597, ['eu-central-1']),
    read(0.484, 4.059, ['eu-west-3']),
    read(0.528, 4.411, ['eu-south-1']),
  ],
  'nova-2-lite through global': [
    read(0.3, 2.5, ['me-central-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.32, 2.63, ['ap-southeast-2', 'ap-southeast-6']),
    read(0.32, 2.64, ['ap-southeast-3']),
    read(0.32, 2.67, ['ca-central-1']),
    read(0.33, 2.71, ['ap-southeast-4']),
    read(0.33, 2.72, ['eu-north-1']),
    read(0.33, 2.75, ['eu-south-2']),
    read(0.34, 2.81, ['ca-west-1']),
    read(0.34, 2.87, ['eu-west-1']),
    read(0.35, 2.95, ['ap-south-1']),
    read(0.36, 2.96, ['ap-northeast-2']),
    read(0.36, 3.01, ['ap-east-2', 'ap-northeast-1']),
    read(0.38, 3.13, ['il-central-1']),
    read(0.39, 3.21, ['us-west-1']),
    read(0.39, 3.27, ['eu-central-1']),
    read(0.41, 3.39, ['ap-southeast-1', 'ap-southeast-5', 'ap-southeast-7']),
    read(0.42, 3.52, ['eu-west-2']),
    read(0.44, 3.69, ['eu-west-3']),
    read(0.481, 4.1, ['eu-south-1']),
  ],
  'llama-4-maverick': [read(0.24, 0.97, ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'])],
  'llama-4-scout': [read(0.17, 0.66, ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'])],
  'llama-3.3-70b': [read(0.72, 0.72, ['us-east-1', 'us-east-2', 'us-west-2'])],
  'gpt-oss-20b': [
    read(0.07, 0.3, ['eu-north-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.07, 0.31, ['ap-southeast-3']),
    read(0.0721, 0.309, ['ap-southeast-2']),
    read(0.08, 0.35, ['ap-south-1', 'eu-west-1']),
    read(0.08, 0.36, ['ap-northeast-1', 'sa-east-1']),
    read(0.09, 0.4, ['eu-central-1', 'eu-south-1']),
    read(0.11, 0.47, ['eu-west-2']),
  ],
  'gpt-oss-120b': [
    read(0.15, 0.6, ['eu-north-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.1545, 0.618, ['ap-southeast-2']),
    read(0.16, 0.62, ['ap-southeast-3']),
    read(0.18, 0.7, ['eu-west-1']),
    read(0.18, 0.71, ['ap-south-1']),
    read(0.18, 0.73, ['ap-northeast-1', 'sa-east-1']),
    read(0.2, 0.79, ['eu-central-1', 'eu-south-1']),
    read(0.23, 0.93, ['eu-west-2']),
  ],
  'mistral-large-3': [
    read(0.5, 1.5, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.515, 1.545, ['ap-southeast-2']),
    read(0.59, 1.76, ['ap-south-1']),
    read(0.6, 1.8, ['ap-southeast-3', 'eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1']),
    read(0.61, 1.82, ['ap-northeast-1', 'sa-east-1']),
    read(0.775, 2.325, ['eu-west-2']),
  ],
  'ministral-8b': [
    read(0.15, 0.15, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.1545, 0.1545, ['ap-southeast-2']),
    read(0.18, 0.18, [
      'ap-northeast-1',
      'ap-south-1',
      'ap-southeast-3',
      'eu-central-1',
      'eu-north-1',
      'eu-south-1',
      'eu-west-1',
      'sa-east-1',
    ]),
    read(0.23, 0.23, ['eu-west-2']),
  ],
  'deepseek-v3.2': [
    read(0.62, 1.85, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.64, 1.91, ['ap-southeast-2']),
    read(0.74, 2.22, [
      'ap-northeast-1',
      'ap-south-1',
      'ap-southeast-3',
      'eu-central-1',
      'eu-north-1',
      'eu-south-1',
      'eu-west-1',
      'sa-east-1',
    ]),
    read(0.961, 2.8675, ['eu-west-2']),
  ],
  'qwen3-32b': [
    read(0.15, 0.6, ['eu-north-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.1545, 0.618, ['ap-southeast-2']),
    read(0.16, 0.62, ['ap-southeast-3']),
    read(0.18, 0.7, ['eu-west-1']),
    read(0.18, 0.71, ['ap-south-1']),
    read(0.18, 0.73, ['ap-northeast-1', 'sa-east-1']),
    read(0.2, 0.79, ['eu-central-1', 'eu-south-1']),
    read(0.23, 0.93, ['eu-west-2']),
  ],
  'qwen3-235b': [
    read(0.22, 0.88, ['eu-north-1', 'us-east-1', 'us-east-2', 'us-west-2']),
    read(0.2266, 0.9064, ['ap-southeast-2']),
    read(0.23, 0.91, ['ap-southeast-3']),
    read(0.26, 1.04, ['ap-south-1']),
    read(0.264, 1.056, ['eu-west-1', 'sa-east-1']),
    read(0.27, 1.06, ['ap-northeast-1']),
    read(0.29, 1.16, ['eu-central-1', 'eu-south-1']),
    read(0.34, 1.37, ['eu-west-2']),
  ],
  'qwen3-next-80b': [
    read(0.14, 1.2, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.1442, 1.236, ['ap-southeast-2']),
    read(0.168, 1.44, [
      'ap-northeast-1',
      'ap-south-1',
      'ap-southeast-3',
      'eu-central-1',
      'eu-north-1',
      'eu-south-1',
      'eu-west-1',
      'sa-east-1',
    ]),
    read(0.217, 1.86, ['eu-west-2']),
  ],
  'qwen3-vl-235b': [
    read(0.53, 2.66, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.5459, 2.7398, ['ap-southeast-2']),
    read(0.62, 3.12, ['eu-south-1', 'eu-west-1']),
    read(0.62, 3.13, ['ap-south-1']),
    read(0.636, 3.192, ['ap-southeast-3', 'eu-central-1', 'eu-north-1']),
    read(0.64, 3.22, ['ap-northeast-1', 'sa-east-1']),
    read(0.82, 4.12, ['eu-west-2']),
  ],
  'kimi-k2.5': [
    read(0.6, 3, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.62, 3.09, ['ap-southeast-2']),
    read(0.72, 3.6, [
      'ap-northeast-1',
      'ap-south-1',
      'ap-southeast-3',
      'eu-central-1',
      'eu-north-1',
      'eu-south-1',
      'eu-west-1',
      'sa-east-1',
    ]),
    read(0.93, 4.65, ['eu-west-2']),
  ],
  'nemotron-3-super': [
    read(0.15, 0.65, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.15, 0.67, ['ap-southeast-2']),
    read(0.18, 0.78, [
      'ap-northeast-1',
      'ap-south-1',
      'ap-southeast-3',
      'eu-central-1',
      'eu-north-1',
      'eu-south-1',
      'eu-west-1',
      'sa-east-1',
    ]),
    read(0.23, 1.01, ['eu-west-2']),
  ],
  'titan-embed-v2': [
    read(0.02, 0, ['us-east-1', 'us-east-2', 'us-west-2']),
    read(0.021, 0, ['eu-north-1', 'eu-south-2']),
    read(0.023, 0, ['eu-south-1']),
    read(0.024, 0, ['ap-south-1', 'us-west-1']),
    read(0.024592, 0, ['ap-northeast-2']),
    read(0.026004, 0, ['ap-southeast-2', 'eu-west-1']),
    read(0.027, 0, ['ap-northeast-3', 'ap-south-2', 'eu-central-2']),
    read(0.028, 0, ['ap-southeast-1']),
    read(0.029, 0, ['ap-northeast-1']),
    read(0.03, 0, ['eu-west-3']),
    read(0.1, 0, ['ca-central-1', 'eu-west-2']),
    read(0.2, 0, ['eu-central-1', 'sa-east-1']),
  ],
  'cohere-embed-v3': [
    read(0.1, 0, [
      'ap-northeast-1',
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ca-central-1',
      'eu-central-1',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'sa-east-1',
      'us-east-1',
      'us-west-2',
    ]),
  ],
  'cohere-embed-v4': [
    read(0.12, 0, [
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-northeast-3',
      'ap-south-1',
      'ap-south-2',
      'ap-southeast-1',
      'ap-southeast-2',
      'ap-southeast-3',
      'ap-southeast-4',
      'ca-central-1',
      'eu-central-1',
      'eu-central-2',
      'eu-north-1',
      'eu-south-1',
      'eu-south-2',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'sa-east-1',
      'us-east-1',
      'us-east-2',
      'us-west-1',
      'us-west-2',
    ]),
  ],
} satisfies Record<string, readonly ModelPrice[]>;
