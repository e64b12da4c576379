import type { StructuredOutput } from '@org/models';
import type { OfferedModel } from '../../config.ts';
import type { JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { expandReferences } from './expand.ts';
import { generationSchema } from './generation-schema.ts';
import { checkOutput } from './output-check.ts';

/** How one call gets an answer that fits a schema. */
export interface StructuredCall {
  readonly by: StructuredOutput;
  /** What the model is held to. */
  readonly schema: JsonObject;
  /** What the answer is checked against: the caller's schema, its references put in. */
  readonly checked: JsonObject;
}

/**
 * @throws {ProxyError} `unsupported_feature` for a model that cannot; `invalid_request` for a schema that it cannot
 *   follow.
 */
export function structuredCall(
  outputSchema: Readonly<Record<string, unknown>>,
  { alias, definition }: OfferedModel,
): StructuredCall {
  const by = definition.upstream === 'converse' ? definition.structuredOutput : undefined;
  if (by === undefined) {
    throw new ProxyError({
      code: 'unsupported_feature',
      message: `The model ${alias} does not support outputSchema. Leave it out or choose another model.`,
      param: 'outputSchema',
    });
  }
  const checked = expandReferences(outputSchema);
  return { by, schema: generationSchema(checked, by), checked };
}

/**
 * The output that a text is.
 *
 * @throws {ProxyError} `invalid_output` where it is none: cut off, refused, or not of the schema.
 */
export function outputOf(
  call: StructuredCall,
  { text, stopReason }: { readonly text: string; readonly stopReason: string },
): unknown {
  const result = checkOutput(call.checked, text);
  if (result.fits) return result.output;
  const details = { stopReason, issues: result.issues };
  const message = reasons.get(stopReason);
  throw new ProxyError({ code: 'invalid_output', message, details });
}

/** What to tell where the model did not come to the end of its answer. It was charged all the same. */
const reasons = new Map(
  Object.entries({
    max_tokens:
      'The answer was cut off at maxTokens, before its JSON was complete. It was charged; ask for more.',
    model_context_window_exceeded:
      "The answer was cut off at the end of the model's context window. It was charged; ask for less.",
    guardrail_intervened: 'A guardrail of this plan intervened, so there is no answer of the outputSchema.',
    content_filtered: 'The answer was filtered, so there is none of the outputSchema. It was charged.',
  }),
);
