import { longestCallMs } from '@org/lambda/environment';
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
 * How each way to answer calls its function.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
const transfers = {
  BUFFERED: { uri: /\/2015-03-31\/functions\/\{\w+\}\/invocations$/, longestMs: longestCallMs.buffered },
  STREAM: {
    uri: /\/2021-11-15\/functions\/\{\w+\}\/response-streaming-invocations$/,
    longestMs: longestCallMs.stream,
  },
} as const;

function transferOf({ integration }: Method): (typeof transfers)[keyof typeof transfers] | undefined {
  const { ResponseTransferMode: mode = 'BUFFERED' } = integration;
  return mode === 'BUFFERED' || mode === 'STREAM' ? transfers[mode] : undefined;
}

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

const transferFitsUri: TemplateRule = {
  name: 'transfer-fits-uri',
  description: 'A method calls its function in the way that it answers, whole or as a stream.',
  *check(template) {
    for (const method of callsOf(template)) {
      const { id, integration } = method;
      const transfer = transferOf(method);
      const finding = (property: string, message: string): Finding => ({
        resource: id,
        property: `Integration.${property}`,
        message,
      });
      if (!transfer) {
        yield finding(
          'ResponseTransferMode',
          `is ${integration.ResponseTransferMode}; it must be BUFFERED or STREAM`,
        );
      } else if (!transfer.uri.test(textOf(integration.Uri))) {
        yield finding(
          'Uri',
          `does not fit the transfer mode ${integration.ResponseTransferMode ?? 'BUFFERED'}`,
        );
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
      const longestMs = transferOf(method)?.longestMs;
      if (longestMs === undefined) continue;
      const { TimeoutInMillis: waits = longestCallMs.buffered, Uri: uri } = method.integration;
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
  transferFitsUri,
  timeoutIsPossible,
  deploymentHasMethods,
];
