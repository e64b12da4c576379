import type { ModelDefinition, ModelPrice } from '../model.ts';
import type { Rates } from '../price.ts';
import type { Reasoning } from '../reasoning.ts';
import * as regions from './regions.ts';
import { card, onCard } from './sources.ts';
import { shortTemplate } from './templates.ts';

/**
 * The capabilities through Converse. While they think, they refuse other sampling. They take a schema only in a field
 * of their own, and not in a stream. Their cache token counts show that they cache by themselves.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-openai-gpt-6-astra.html
 */
const gpt = {
  upstream: 'converse',
  templateTokens: shortTemplate,
  capabilities: ['system', 'history', 'images', 'stream'],
  // As in LiteLLM; the cards do not mention the caller's tools.
  toolChoices: ['auto'],
  cache: { implicit: true },
  onDemandRegions: [],
  contextTokens: 1_050_000,
  // For Sol and Luna as in LiteLLM: their context minus the input.
  maxOutputTokens: 128_000,
  lifecycle: { status: 'active' },
} as const satisfies Partial<ModelDefinition>;

/** From Sol's card; the fields in Converse are those of the coding agent pi. Astra's card says nothing. */
const reasoning: Reasoning = {
  form: 'gpt',
  efforts: ['off', 'low', 'medium', 'high', 'xhigh', 'max'],
  default: 'medium',
  history: false,
  excludes: [],
};

const worldwide = regions.worldwideBut('me-central-1', 'me-south-1');

const worldwideOfAstra = regions.worldwideFrom([
  ...Object.keys(regions.usAndCanada),
  ...['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'sa-east-1'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
]);

/**
 * A profile of the geography costs a tenth more than the global one. A cache keeps tokens for 30 minutes; writing costs
 * a quarter more than input, reading a tenth of it. Long input doubles all input rates, and the answer costs half as
 * much again.
 */
function prices(global: regions.ProfileSources, { input, output }: Rates, name: string): ModelPrice[] {
  const usd = (amount: number) => Number(amount.toFixed(6));
  const rates = (ofInput: number, ofOutput: number): Rates => ({
    input: usd(ofInput),
    output: usd(ofOutput),
    cacheRead: usd(ofInput / 10),
    cacheWrite: usd(ofInput * 1.25),
  });
  const price = (factor: number, sources: readonly string[]): ModelPrice => ({
    ...rates(input * factor, output * factor),
    longContext: { above: 272_000, ...rates(2 * input * factor, 1.5 * output * factor) },
    regions: sources,
    ...onCard(name),
  });
  const near = Object.keys(regions.usAndCanada);
  return [
    price(1.1, near),
    price(
      1,
      Object.keys(global).filter((region) => !near.includes(region)),
    ),
  ];
}

/** OpenAI's own models. docs/models.md names those that are left out. */
export const openai = {
  'gpt-6-astra': {
    ...gpt,
    modelId: 'openai.gpt-6-astra',
    inferenceProfiles: { us: regions.usAndCanada, global: worldwideOfAstra },
    price: prices(worldwideOfAstra, { input: 10, output: 50 }, 'openai-gpt-6-astra'),
    source: card('openai-gpt-6-astra'),
  },
  'gpt-6-sol': {
    ...gpt,
    modelId: 'openai.gpt-6-sol',
    inferenceProfiles: { us: regions.usAndCanada, global: worldwide },
    reasoning,
    price: prices(worldwide, { input: 2, output: 10 }, 'openai-gpt-6-sol'),
    source: card('openai-gpt-6-sol'),
  },
  'gpt-6-luna': {
    ...gpt,
    modelId: 'openai.gpt-6-luna',
    inferenceProfiles: { us: regions.usAndCanada, global: worldwide },
    reasoning,
    price: prices(worldwide, { input: 0.1, output: 0.5 }, 'openai-gpt-6-luna'),
    source: card('openai-gpt-6-luna'),
  },
} satisfies Record<string, ModelDefinition>;
