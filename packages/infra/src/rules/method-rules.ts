import { longestCallMs } from '@org/contract';
import * as z from 'zod/mini';
import { defaultTimeoutMs, functionInvokedBy } from './integration.ts';
import type { TemplateRule } from './rule.ts';
import { resourcesOf, type SynthesizedTemplate, textOf } from './template.ts';

const Integration = z._default(
  z.object({ Uri: z.optional(z.unknown()), TimeoutInMillis: z.optional(z.number()) }),
  {},
);

interface Method {
  readonly id: string;
  readonly integration: z.output<typeof Integration>;
}

/** Methods that run a function: all but a browser's preflight, which API Gateway answers by itself. */
function callsOf(template: SynthesizedTemplate): Method[] {
  return resourcesOf(template, 'AWS::ApiGateway::Method')
    .filter(({ properties }) => properties['HttpMethod'] !== 'OPTIONS')
    .map(({ id, properties }) => ({ id, integration: z.parse(Integration, properties['Integration']) }));
}

/**
 * The function writes every answer in the stream format, so callers of a method that waits for a whole answer would see
 * headers and no body.
 */
const methodStreams: TemplateRule = {
  name: 'method-streams',
  description: 'Every method that runs a function streams its answer.',
  *check(template) {
    for (const { id, integration } of callsOf(template)) {
      const invoked = functionInvokedBy(textOf(integration.Uri));
      if (invoked?.mode === 'STREAM' && /^\{\w+\}$/.test(invoked.functionArn)) continue;
      const message = 'must be the response-streaming-invocations URI of a function of the stack';
      yield { resource: id, property: 'Integration.Uri', message };
    }
  },
};

const timeoutIsPossible: TemplateRule = {
  name: 'timeout-is-possible',
  description: 'API Gateway waits no longer than it can, and the function runs no longer than that.',
  *check(template) {
    const functions = new Map(
      resourcesOf(template, 'AWS::Lambda::Function').map(({ id, properties }) => [id, properties]),
    );
    for (const method of callsOf(template)) {
      const longestMs = longestCallMs.stream;
      const { TimeoutInMillis: waits = defaultTimeoutMs, Uri: uri } = method.integration;
      if (waits > longestMs) {
        const message = `waits ${waits} ms, and API Gateway waits at most ${longestMs} ms`;
        yield { resource: method.id, property: 'Integration.TimeoutInMillis', message };
      }
      const [, functionId = ''] = /\{(\w+)\}/.exec(textOf(uri)) ?? [];
      const runsMs = Number(functions.get(functionId)?.['Timeout'] ?? 3) * 1000;
      if (runsMs > waits) {
        const message = `runs for up to ${runsMs} ms, and API Gateway waits ${waits} ms: the rest is paid for, and not delivered`;
        yield { resource: functionId, property: 'Timeout', message };
      }
    }
  },
};

const deploymentHasMethods: TemplateRule = {
  name: 'deployment-has-methods',
  description:
    'The deployment waits for every method and every gateway response; what is made after it is not in the stage.',
  *check(template) {
    const deployed = ['AWS::ApiGateway::Method', 'AWS::ApiGateway::GatewayResponse'].flatMap((type) =>
      resourcesOf(template, type),
    );
    for (const { id, dependsOn } of resourcesOf(template, 'AWS::ApiGateway::Deployment')) {
      for (const { id: earlier } of deployed) {
        if (dependsOn.includes(earlier)) continue;
        yield { resource: id, property: 'DependsOn', message: `does not wait for ${earlier}` };
      }
    }
  },
};

export const methodRules: readonly TemplateRule[] = [methodStreams, timeoutIsPossible, deploymentHasMethods];
