import { longestCallMs } from '@org/contract';
import * as z from 'zod/mini';
import type { Finding, TemplateRule } from './rule.ts';
import { type Resource, resourcesOf, type SynthesizedTemplate, textOf } from './template.ts';

const Integration = z._default(
  z.object({
    Type: z.optional(z.string()),
    Uri: z.optional(z.unknown()),
    TimeoutInMillis: z.optional(z.number()),
    ResponseTransferMode: z.optional(z.string()),
  }),
  {},
);

interface Method {
  readonly id: string;
  readonly properties: Resource['properties'];
  readonly integration: z.output<typeof Integration>;
}

function methodsOf(template: SynthesizedTemplate): Method[] {
  return resourcesOf(template, 'AWS::ApiGateway::Method').map(({ id, properties }) => ({
    id,
    properties,
    integration: z.parse(Integration, properties['Integration']),
  }));
}

/** A browser's preflight cannot have a key, and API Gateway answers it by itself. */
function isPreflight({ properties, integration }: Method): boolean {
  return properties['HttpMethod'] === 'OPTIONS' && integration.Type === 'MOCK';
}

/** Methods that run a function. */
function callsOf(template: SynthesizedTemplate): Method[] {
  return methodsOf(template).filter((method) => !isPreflight(method));
}

/**
 * What makes API Gateway pass on an answer while it is written. The function writes the format of a stream for every
 * answer, and of a method that waits for a whole one its caller would see headers and no body.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
const streams = {
  mode: 'STREAM',
  uri: /\/2021-11-15\/functions\/\{\w+\}\/response-streaming-invocations$/,
};

/** What API Gateway takes where nothing is set: https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html */
const defaultTimeoutMs = 29_000;

const methodHasKey: TemplateRule = {
  name: 'method-has-key',
  description: 'Every method that runs a function asks for an API key.',
  *check(template) {
    for (const { id, properties } of callsOf(template)) {
      if (properties['ApiKeyRequired'] === true) continue;
      yield {
        resource: id,
        property: 'ApiKeyRequired',
        message: 'anybody may call it; set ApiKeyRequired to true',
      };
    }
  },
};

const methodStreams: TemplateRule = {
  name: 'method-streams',
  description: 'Every method that runs a function passes on its answer while it is written.',
  *check(template) {
    for (const { id, integration } of callsOf(template)) {
      const finding = (property: string, message: string): Finding => ({
        resource: id,
        property: `Integration.${property}`,
        message,
      });
      if (integration.ResponseTransferMode !== streams.mode) {
        yield finding('ResponseTransferMode', `must be ${streams.mode}`);
      }
      if (!streams.uri.test(textOf(integration.Uri))) {
        yield finding('Uri', 'must be of response-streaming-invocations');
      }
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
        const message = `runs for up to ${runsMs} ms, and API Gateway waits ${waits} ms: nobody hears the rest, which is paid for`;
        yield { resource: functionId, property: 'Timeout', message };
      }
    }
  },
};

const deploymentHasMethods: TemplateRule = {
  name: 'deployment-has-methods',
  description: 'The deployment waits for every method; what is made after it is not in the stage.',
  *check(template) {
    const methods = methodsOf(template).map(({ id }) => id);
    for (const { id, dependsOn } of resourcesOf(template, 'AWS::ApiGateway::Deployment')) {
      for (const method of methods) {
        if (dependsOn.includes(method)) continue;
        yield { resource: id, property: 'DependsOn', message: `does not wait for the method ${method}` };
      }
    }
  },
};

export const methodRules: readonly TemplateRule[] = [
  methodHasKey,
  methodStreams,
  timeoutIsPossible,
  deploymentHasMethods,
];
