import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { resourcesOf } from './template.ts';

const Stage = z.object({ TracingEnabled: z._default(z.boolean(), false) });
const Traced = z.object({ TracingConfig: z.optional(z.object({ Mode: z.literal('Active') })) });

const tracedTogether: TemplateRule = {
  name: 'traced-together',
  description: 'The stage and the functions are traced together or not at all: a trace has no gaps.',
  *check(template) {
    const enabled = resourcesOf(template, 'AWS::ApiGateway::Stage').some(
      ({ properties }) => z.parse(Stage, properties).TracingEnabled,
    );
    for (const { id, properties } of resourcesOf(template, 'AWS::Lambda::Function')) {
      if ((z.parse(Traced, properties).TracingConfig !== undefined) === enabled) continue;
      const message = enabled ? 'is missing, but the stage is traced' : 'is set, but the stage is not traced';
      yield { resource: id, property: 'TracingConfig', message };
    }
  },
};

export const traceRules: readonly TemplateRule[] = [tracedTogether];
