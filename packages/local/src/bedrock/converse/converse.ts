import { traceOf } from '../guardrail.ts';
import type { OperationCall, OperationReply } from '../operation.ts';
import { contentOf, responseFieldsOf } from './answer.ts';
import { readConverse } from './request.ts';
import { usageOf } from './usage.ts';

/**
 * The Converse operation.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function converse({ model, body, generate }: OperationCall): OperationReply {
  const { prompt, guardrail, responseFields, serviceTier } = readConverse(model, body);
  const completion = generate(prompt, guardrail);
  return {
    completion,
    body: {
      output: { message: { role: 'assistant', content: completion.blocks.map(contentOf) } },
      stopReason: completion.stopReason,
      usage: usageOf(completion),
      metrics: { latencyMs: 1 },
      ...(serviceTier && { serviceTier }),
      ...responseFieldsOf(completion, responseFields),
      ...traceOf(guardrail, completion),
    },
  };
}
