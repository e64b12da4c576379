import { capabilities, type ModelDefinition, type OfferedModel } from './models.ts';
import type { Price } from './price.ts';

const us3 = ['us-east-1', 'us-east-2', 'us-west-2'];
const us4 = [...us3, 'us-west-1'];
const eu4 = ['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-3'];

const eu6 = [...eu4, 'eu-south-1', 'eu-south-2'];

const usFromFour = { 'us-east-1': us3, 'us-east-2': us3, 'us-west-2': us3, 'us-west-1': us4 };
const northAmerica = { ...usFromFour, 'ca-central-1': ['ca-central-1', ...us3] };
const europeFromSix = Object.fromEntries(eu6.map((source) => [source, eu6]));
const claudeProfiles = {
  us: northAmerica,
  eu: { ...europeFromSix, 'eu-central-2': [...eu6, 'eu-central-2'], 'eu-west-2': [...eu6, 'eu-west-2'] },
  au: {
    'ap-southeast-2': ['ap-southeast-2', 'ap-southeast-4'],
    'ap-southeast-4': ['ap-southeast-2', 'ap-southeast-4'],
  },
  jp: {
    'ap-northeast-1': ['ap-northeast-1', 'ap-northeast-3'],
    'ap-northeast-3': ['ap-northeast-1', 'ap-northeast-3'],
  },
};

const novaEurope = {
  'eu-central-1': eu4,
  'eu-north-1': eu4,
  'eu-west-1': eu4,
  'eu-west-3': eu4,
  'eu-south-1': [...eu4, 'eu-south-1'],
  'eu-south-2': [...eu4, 'eu-south-2'],
};

const card = (name: string) => ({
  url: `https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-${name}.html`,
  date: '2026-10-01',
});

/** Where the open-weight models run on demand; some Regions of the cards offer them on another endpoint only. */
const openWeightRegions = [
  ...us3,
  ...['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'eu-west-2'],
  ...['ap-northeast-1', 'ap-south-1', 'ap-southeast-2', 'ap-southeast-3', 'sa-east-1'],
];

/** On-demand prices of us-east-1, from the AWS Price List. */
const usEast1 = { regions: ['us-east-1'], date: '2026-09-22' };

const everything = capabilities;

const novaMicro: ModelDefinition = {
  upstream: 'converse',
  modelId: 'amazon.nova-micro-v1:0',
  onDemandRegions: ['us-east-1', 'eu-west-2', 'ap-southeast-2', 'us-gov-west-1'],
  inferenceProfiles: {
    us: { 'us-east-1': us3, 'us-east-2': us3, 'us-west-2': us3 },
    eu: novaEurope,
  },
  capabilities: everything,
  // The card says 5K; live checks by others found 10,000. The documented figure is the safe one.
  maxOutputTokens: 5000,
  lifecycle: { status: 'active' },
  price: { input: 0.035, output: 0.14, cacheRead: 0.00875, ...usEast1 },
  source: card('amazon-nova-micro'),
};

/**
 * The models that a deployment can offer, by alias. Data, not code: a deployment's config may add or replace
 * any of them.
 */
export const catalogue = {
  /** Titan Text Express ended on 2025-08-15; Nova Micro is the successor that Amazon names. */
  titan: novaMicro,
  /** Every Llama on Bedrock is Legacy, closed to accounts that have not used it, and ends on 2027-03-30. */
  llama: {
    upstream: 'converse',
    modelId: 'meta.llama4-maverick-17b-instruct-v1:0',
    onDemandRegions: [],
    inferenceProfiles: { us: usFromFour },
    capabilities: everything,
    maxOutputTokens: 8192,
    lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
    price: { input: 0.24, output: 0.97, ...usEast1 },
    source: card('meta-llama-4-maverick-17b-instruct'),
  },
  'nova-micro': novaMicro,
  'nova-lite': {
    upstream: 'converse',
    modelId: 'amazon.nova-lite-v1:0',
    onDemandRegions: [
      'us-east-1',
      'eu-north-1',
      'eu-west-2',
      'ap-northeast-1',
      'ap-southeast-2',
      'us-gov-west-1',
    ],
    inferenceProfiles: { us: usFromFour, eu: novaEurope },
    capabilities: everything,
    maxOutputTokens: 5000,
    lifecycle: { status: 'active' },
    price: { input: 0.06, output: 0.24, cacheRead: 0.015, ...usEast1 },
    source: card('amazon-nova-lite'),
  },
  'nova-pro': {
    upstream: 'converse',
    modelId: 'amazon.nova-pro-v1:0',
    onDemandRegions: ['us-east-1', 'eu-west-2', 'ap-southeast-2', 'us-gov-west-1'],
    inferenceProfiles: { us: usFromFour, eu: novaEurope },
    capabilities: everything,
    maxOutputTokens: 5000,
    lifecycle: { status: 'active' },
    price: { input: 0.8, output: 3.2, cacheRead: 0.2, ...usEast1 },
    source: card('amazon-nova-pro'),
  },
  'nova-2-lite': {
    upstream: 'converse',
    modelId: 'amazon.nova-2-lite-v1:0',
    onDemandRegions: [],
    inferenceProfiles: {
      us: northAmerica,
      eu: europeFromSix,
      jp: { 'ap-northeast-1': ['ap-northeast-1', 'ap-northeast-3'] },
    },
    capabilities: everything,
    maxOutputTokens: 64_000,
    lifecycle: { status: 'active' },
    price: { input: 0.33, output: 2.75, ...usEast1 },
    source: card('amazon-nova-2-lite'),
  },
  'claude-haiku-4.5': {
    upstream: 'converse',
    modelId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    onDemandRegions: [],
    inferenceProfiles: claudeProfiles,
    capabilities: everything,
    maxOutputTokens: 64_000,
    lifecycle: { status: 'active' },
    price: {
      input: 1.1,
      output: 5.5,
      cacheRead: 0.11,
      cacheWrite: 2.2,
      regions: ['us-east-1'],
      date: '2026-10-05',
    },
    source: card('anthropic-claude-haiku-4-5'),
  },
  'claude-sonnet-4.6': {
    upstream: 'converse',
    modelId: 'anthropic.claude-sonnet-4-6',
    onDemandRegions: ['eu-west-2'],
    inferenceProfiles: claudeProfiles,
    capabilities: everything,
    maxOutputTokens: 64_000,
    lifecycle: { status: 'active' },
    price: {
      input: 3.3,
      output: 16.5,
      cacheRead: 0.33,
      cacheWrite: 6.6,
      regions: ['us-east-1'],
      date: '2026-10-05',
    },
    source: card('anthropic-claude-sonnet-4-6'),
  },
  'llama-4-scout': {
    upstream: 'converse',
    modelId: 'meta.llama4-scout-17b-instruct-v1:0',
    onDemandRegions: [],
    inferenceProfiles: { us: usFromFour },
    capabilities: everything,
    maxOutputTokens: 8192,
    lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
    price: { input: 0.17, output: 0.66, ...usEast1 },
    source: card('meta-llama-4-scout-17b-instruct'),
  },
  /** Bedrock refuses stop sequences for the models of OpenAI. */
  'gpt-oss-20b': {
    upstream: 'converse',
    modelId: 'openai.gpt-oss-20b-1:0',
    onDemandRegions: openWeightRegions,
    capabilities: ['system', 'history', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
    maxOutputTokens: 16_000,
    lifecycle: { status: 'active' },
    price: { input: 0.07, output: 0.3, ...usEast1 },
    source: card('openai-gpt-oss-20b'),
  },
  'gpt-oss-120b': {
    upstream: 'converse',
    modelId: 'openai.gpt-oss-120b-1:0',
    onDemandRegions: openWeightRegions,
    capabilities: ['system', 'history', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
    maxOutputTokens: 16_000,
    lifecycle: { status: 'active' },
    price: { input: 0.15, output: 0.6, ...usEast1 },
    source: card('openai-gpt-oss-120b'),
  },
} as const satisfies Record<string, ModelDefinition>;

export type CatalogueAlias = keyof typeof catalogue;

const byAlias: Readonly<Record<string, ModelDefinition>> = catalogue;

/** What callers name an offered model. */
export function aliasOf(model: OfferedModel): string {
  return typeof model === 'string' ? model : model.alias;
}

/** The definition behind an offered model; `undefined` for an alias that the catalogue does not have. */
export function definitionOf(model: OfferedModel): ModelDefinition | undefined {
  if (typeof model !== 'string') return model;
  return Object.hasOwn(byAlias, model) ? byAlias[model] : undefined;
}

/** What a model costs in a Region, or `undefined` where that was not read. */
export function priceOf({ price }: ModelDefinition, region: string): Price | undefined {
  if (!price || (price.regions && !price.regions.includes(region))) return undefined;
  const { input, output, cacheRead, cacheWrite } = price;
  return { input, output, cacheRead, cacheWrite };
}
