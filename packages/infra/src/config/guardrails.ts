import type { Guardrail } from '@org/lambda/environment';
import type { Reference } from './references.ts';

/** The parts of a config that have guardrails. */
interface Guarded {
  readonly region?: string | undefined;
  readonly plans?: Readonly<Record<string, { readonly guardrail?: Guardrail | undefined }>> | undefined;
}

/** Finds guardrails that Bedrock would not find, because it looks only in its own Region. */
export function* checkGuardrails({ region, plans = {} }: Guarded): Iterable<Reference> {
  for (const [name, { guardrail }] of Object.entries(plans)) {
    const [, home = region] = guardrail?.id.match(/^arn:[^:]+:bedrock:([^:]+):/) ?? [];
    if (region !== undefined && home !== region) {
      const message = `is a guardrail in ${home}, but Bedrock is called in ${region}; use one in ${region}`;
      yield { path: ['plans', name, 'guardrail', 'id'], message };
    }
  }
}
