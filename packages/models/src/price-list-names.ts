import { type CatalogueAlias, definitionOf } from './catalogue.ts';
import type { OfferedModel } from './model.ts';

/**
 * The name of each model in AWS's Price List: its `model`; or its `servicename`, without `(Amazon Bedrock Edition)`; or,
 * if it has neither, the beginning of its `usagetype`. The names are from the list of 2026-08-20, and those of Claude
 * 5.5, GPT-6 and Kimi K3 from that of 2026-10-05. GPT-6 Sol, GPT-6 Luna, Claude Haiku 5.5 and Claude Fable 5.1 were not
 * in it; their names follow the pattern of their neighbours.
 *
 * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
 */
const names: Readonly<Record<CatalogueAlias, readonly string[]>> = {
  titan: ['Nova Micro'],
  llama: ['Llama 4 Maverick 17B'],
  'nova-micro': ['Nova Micro'],
  'nova-lite': ['Nova Lite'],
  'nova-pro': ['Nova Pro'],
  'nova-2-lite': ['Nova 2.0 Lite'],
  'titan-embed-v2': ['TitanEmbeddingV2-Text'],
  'claude-haiku-4.5': ['Claude Haiku 4.5'],
  'claude-haiku-5.5': ['Claude Haiku 5.5'],
  'claude-sonnet-4.6': ['Claude Sonnet 4.6'],
  'claude-sonnet-5': ['Claude Sonnet 5'],
  'claude-sonnet-5.5': ['Claude Sonnet 5.5'],
  'claude-opus-5': ['Claude Opus 5'],
  'claude-opus-5.5': ['Claude Opus 5.5'],
  'claude-fable-5.1': ['Claude Fable 5.1'],
  'gpt-6-astra': ['OpenAI GPT-6 Astra'],
  'gpt-6-sol': ['OpenAI GPT-6 Sol'],
  'gpt-6-luna': ['OpenAI GPT-6 Luna'],
  'llama-4-maverick': ['Llama 4 Maverick 17B'],
  'llama-4-scout': ['Llama 4 Scout 17B'],
  'llama-3.3-70b': ['Llama 3.3 70B'],
  'gpt-oss-20b': ['gpt-oss-20b'],
  'gpt-oss-120b': ['gpt-oss-120b'],
  'mistral-large-3': ['Mistral Large 3'],
  'ministral-8b': ['Ministral 8B 3.0'],
  'deepseek-v3.2': ['DeepSeek v3.2'],
  'qwen3-32b': ['Qwen3 32B'],
  'qwen3-235b': ['Qwen3 235B A22B 2507'],
  'qwen3-next-80b': ['Qwen3 Next 80B A3B', 'qwen3-next-80b-a3b'],
  'qwen3-vl-235b': ['Qwen3 VL 235B A22B'],
  'kimi-k2.5': ['Kimi K2.5'],
  'kimi-k3': ['Kimi K3'],
  'nemotron-3-super': ['NVIDIA Nemotron 3 Super 120B A12B'],
  'cohere-embed-v3': ['Cohere Embed Model 3 - Multilingual'],
  'cohere-embed-v4': ['Cohere Embed 4 Model'],
};

const byModelId = new Map(
  Object.entries(names).map(([alias, ofAlias]) => [definitionOf(alias)?.modelId, ofAlias]),
);

/**
 * The names of an offered model in AWS's Price List. A config's own definition of a model has the names of its alias.
 * Empty if none is known.
 *
 * @example
 * priceListNamesOf('nova-2-lite'); // ['Nova 2.0 Lite']
 */
export function priceListNamesOf(model: OfferedModel): readonly string[] {
  const definition = definitionOf(model);
  return (definition && byModelId.get(definition.modelId)) ?? [];
}
