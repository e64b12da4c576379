import { askCapabilities, type ModelSummary } from '@org/contract';
import { capabilitiesOf } from '@org/models';
import type { Caller, Config } from '../../config.ts';

/** Models can do more than this door takes. */
const taken: ReadonlySet<string> = new Set(askCapabilities);

/** The models that a caller may ask, as this deployment reaches them. */
export function modelsFor({ models: allowed, maxTokens }: Caller, { models }: Config): ModelSummary[] {
  return allowed.flatMap((alias) => {
    const model = models.get(alias);
    if (!model) return [];
    const { definition, modelId, price } = model;
    const structured = definition.upstream === 'converse' && definition.structuredOutput;
    const { lifecycle, contextTokens } = definition;
    return {
      alias,
      modelId,
      capabilities: [
        ...capabilitiesOf(definition).filter((capability) => taken.has(capability)),
        ...(structured ? ['outputSchema'] : []),
      ],
      contextTokens,
      maxOutputTokens: Math.min(definition.maxOutputTokens, maxTokens ?? Number.POSITIVE_INFINITY),
      lifecycle:
        lifecycle.status === 'legacy'
          ? { status: lifecycle.status, endOfLife: lifecycle.endOfLife }
          : { status: lifecycle.status },
      price: price && { input: price.input, output: price.output },
    } satisfies Required<ModelSummary>;
  });
}
