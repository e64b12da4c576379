import * as z from 'zod/mini';
import type { Resolver } from './resolver.ts';
import { TemplateError } from './template.ts';

/** A stack's output. */
export interface Output {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
}

const Outputs = z.record(
  z.string(),
  z.object({ Value: z.unknown(), Description: z.optional(z.string()), Export: z.optional(z.unknown()) }),
);

/** The outputs as a deployment would report them. */
export function readOutputs(resolver: Resolver): Output[] {
  const { data, error } = z.safeParse(Outputs, resolver.template['Outputs'] ?? {});
  if (error) throw new TemplateError(`Outputs: ${z.prettifyError(error)}`);
  return Object.entries(data).map(([key, output]) => ({
    key,
    value: resolver.text(output.Value, `Outputs.${key}`),
    description: output.Description,
  }));
}
