import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { catalogue } from '@org/models';
import { expect, test } from 'vitest';
import { ownModel } from '../testing/aws-account.ts';
import { type AwsAnswers, startAws } from '../testing/aws-server.ts';
import { nothingListed, type PriceListProduct, priceListPage } from '../testing/price-list.ts';
import { comparePrices } from './compare-prices.ts';

const plan = { ...shipped.plans['starter'], limits: undefined };

/** Compares a deployment of these models with a list. */
async function compare(
  models: readonly (string | object)[],
  lists: Readonly<Record<string, readonly PriceListProduct[]>>,
  differing: object = {},
) {
  const answers: AwsAnswers = Object.fromEntries(
    Object.entries(lists).map(([code, products]) => [`GetProducts ${code}`, priceListPage(products)]),
  );
  const aliases = models.map((model) => (typeof model === 'string' ? model : ownModel.alias));
  const plans = { starter: { ...plan, models: aliases } };
  const teams = { toll: { plan: 'starter', keys: ['key-of-toll'] } };
  const config = parseProxyConfig({ ...shipped, models, plans, teams, ...differing });
  return comparePrices(config, await startAws({ ...nothingListed, ...answers }));
}

const nova = { model: 'Nova Lite', feature: 'On-demand Inference' };
const sonnet = { servicename: 'Claude Sonnet 5.5 (Amazon Bedrock Edition)', unit: '1M tokens' };
const astra = { servicename: 'OpenAI GPT-6 Astra (Amazon Bedrock Edition)', unit: '1M tokens' };

test('a model at its known price has no differences', async () => {
  const compared = await compare(['nova-lite'], {
    AmazonBedrock: [
      { ...nova, usagetype: 'USE1-NovaLite-input-tokens', usd: '0.0000600000' },
      { ...nova, usagetype: 'USE1-NovaLite-output-tokens', usd: '0.0002400000' },
      { ...nova, usagetype: 'USE1-NovaLite-cache-read-input-token-count', usd: '0.0000150000' },
    ],
  });
  expect(compared).toEqual({ compared: 1, differences: [], unlisted: [], prices: {} });
});

test('a changed rate and a new rate are differences; the rest of the price stays', async () => {
  const { differences, prices } = await compare(['nova-lite'], {
    AmazonBedrock: [
      { ...nova, usagetype: 'USE1-NovaLite-input-tokens', usd: '0.0000700000' },
      { ...nova, usagetype: 'USE1-NovaLite-cache-write-input-token-count', usd: '0.0000000000' },
    ],
  });
  expect(differences).toEqual([
    { alias: 'nova-lite', rate: 'input', own: 0.06, listed: 0.07 },
    { alias: 'nova-lite', rate: 'cacheWrite', own: undefined, listed: 0 },
  ]);
  expect(prices).toEqual({ 'nova-lite': { input: 0.07, output: 0.24, cacheRead: 0.015, cacheWrite: 0 } });
});

test('if the config has a price, that price is compared', async () => {
  const products = [{ ...nova, usagetype: 'USE1-NovaLite-input-tokens', usd: '0.0000600000' }];
  const own = { prices: { 'nova-lite': { input: 1, output: 2 } } };
  const { differences } = await compare(['nova-lite'], { AmazonBedrock: products }, own);
  expect(differences).toEqual([{ alias: 'nova-lite', rate: 'input', own: 1, listed: 0.06 }]);
});

test("batches, customers' models and other units are not prices of calls", async () => {
  const { unlisted } = await compare(['nova-lite'], {
    AmazonBedrock: [
      { ...nova, usagetype: 'USE1-NovaLite-input-tokens-batch', usd: '0.0000300000' },
      { ...nova, usagetype: 'USE1-NovaLite-input-tokens', usd: '0.00003', feature: 'Batch Inference' },
      { ...nova, usagetype: 'USE1-NovaLite-input-tokens', usd: '60', unit: '1B tokens' },
    ],
  });
  expect(unlisted).toEqual([{ alias: 'nova-lite', reason: 'no_rows', names: ['Nova Lite'] }]);
});

test('calls through a geography, and global calls, have their own rows', async () => {
  const rows = [
    { ...sonnet, usagetype: 'USE1-MP:USE1_input_tokens_standard-Units', usd: '2.3' },
    { ...sonnet, usagetype: 'USE1-MP:USE1_input_tokens_global_standard-Units', usd: '2.1' },
  ];
  const lists = { AmazonBedrockFoundationModels: rows };
  const near = await compare(['claude-sonnet-5.5'], lists);
  expect(near.differences).toMatchObject([{ own: 2.2, listed: 2.3 }]);
  const world = { region: 'sa-east-1', globalInference: true };
  const { differences } = await compare(['claude-sonnet-5.5'], lists, world);
  expect(differences).toMatchObject([{ own: 2, listed: 2.1 }]);
});

test('long input has its own rates, and keeps the length that the list does not say', async () => {
  const { prices } = await compare(['gpt-6-astra'], {
    AmazonBedrockFoundationModels: [
      { ...astra, usagetype: 'USE1-MP:USE1_input_tokens_long_ctx_standard-Units', usd: '23' },
    ],
  });
  expect(prices).toMatchObject({ 'gpt-6-astra': { input: 11, longContext: { above: 272_000, input: 23 } } });
});

test('rates of long input without a known length are reported, and not written', async () => {
  const { unlisted, prices } = await compare(['claude-sonnet-5.5'], {
    AmazonBedrockFoundationModels: [
      { ...sonnet, usagetype: 'USE1-MP:USE1_input_tokens_standard-Units', usd: '3' },
      { ...sonnet, usagetype: 'USE1-MP:USE1_input_tokens_long_ctx_standard-Units', usd: '4' },
    ],
  });
  expect(unlisted).toMatchObject([{ alias: 'claude-sonnet-5.5', reason: 'no_length' }]);
  expect(prices['claude-sonnet-5.5']).not.toHaveProperty('longContext');
});

test('tiers are compared if the model is served in them', async () => {
  const tiers = (name: string, usagetype: string) => ({
    AmazonBedrock: [
      { model: name, usagetype: `USE1-${usagetype}-input-tokens-flex`, usd: '0.001' },
      { model: name, usagetype: `USE1-${usagetype}-output-tokens-flex`, usd: '0.002' },
    ],
  });
  const { differences } = await compare(['qwen3-32b'], tiers('Qwen3 32B', 'Qwen3-32B'));
  expect(differences.map(({ rate, listed }) => [rate, listed])).toEqual([
    ['tiers.flex.input', 1],
    ['tiers.flex.output', 2],
  ]);
  const unserved = await compare(['nova-lite'], tiers('Nova Lite', 'NovaLite'));
  expect(unserved.differences).toEqual([]);
});

test("the other endpoint's price counts if there is no other; of two that differ, the dearer", async () => {
  const qwen = { model: 'Qwen3 32B' };
  const mantle = { ...qwen, usagetype: 'USE1-qwen.qwen3-32b-mantle-input-tokens-standard', usd: '0.009' };
  const alone = await compare(['qwen3-32b'], { AmazonBedrock: [mantle] });
  expect(alone.differences).toMatchObject([{ rate: 'input', listed: 9 }]);
  const { differences } = await compare(['qwen3-32b'], {
    AmazonBedrock: [mantle, { ...qwen, usagetype: 'USE1-Qwen3-32B-input-tokens', usd: '0.0002' }],
    AmazonBedrockService: [{ ...qwen, usagetype: 'USE1-Qwen3-32B-input-tokens', usd: '0.0003' }],
  });
  expect(differences).toMatchObject([{ rate: 'input', listed: 0.3 }]);
});

test('every page of the list is read', async () => {
  const settings = await startAws({
    ...nothingListed,
    'GetProducts AmazonBedrock': priceListPage([], '2'),
    'GetProducts AmazonBedrock 2': priceListPage([
      { usagetype: 'USE1-TitanEmbeddingV2-Text-input-tokens', usd: '0.00003' },
    ]),
  });
  const plans = { starter: { ...plan, models: ['titan-embed-v2'] } };
  const teams = { toll: { plan: 'starter', keys: ['key-of-toll'] } };
  const config = parseProxyConfig({ ...shipped, models: ['titan-embed-v2'], plans, teams });
  expect(await comparePrices(config, settings)).toMatchObject({
    differences: [{ alias: 'titan-embed-v2', rate: 'input', own: 0.02, listed: 0.03 }],
    prices: { 'titan-embed-v2': { input: 0.03, output: 0 } },
  });
});

test('a model that is not in the list is named, and a catalogue model is found under any alias', async () => {
  const again = { ...catalogue['nova-lite'], alias: ownModel.alias };
  const products = [{ ...nova, usagetype: 'USE1-NovaLite-input-tokens', usd: '0.00007' }];
  const unknown = await compare([ownModel], { AmazonBedrock: products });
  expect(unknown.unlisted).toEqual([{ alias: 'own', reason: 'no_name', names: [] }]);
  const { differences } = await compare([again], { AmazonBedrock: products });
  expect(differences).toMatchObject([{ alias: 'own', listed: 0.07 }]);
});

test('half a price for a model without a known price is reported, and not written', async () => {
  const again = { ...catalogue['nova-lite'], price: undefined, alias: ownModel.alias };
  const products = [{ ...nova, usagetype: 'USE1-NovaLite-input-tokens', usd: '0.00007' }];
  const { unlisted, prices } = await compare([again], { AmazonBedrock: products });
  expect(unlisted).toMatchObject([{ alias: 'own', reason: 'incomplete' }]);
  expect(prices).toEqual({});
});
