import { type RouteName, routes } from '@org/contract';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { proxyEvent } from './http/proxy-event.ts';
import { requestContext } from './http/request-context.ts';
import { createRouter } from './http/router.ts';
import { readApi } from './template/api.ts';
import { readCloudAssembly } from './template/assembly.ts';
import type { BucketDefinition } from './template/buckets.ts';
import type { FunctionDefinition } from './template/functions.ts';
import type { InferenceProfile } from './template/inference-profiles.ts';
import type { TableDefinition } from './template/tables.ts';

/** A route of a synthesized deployment: its function, and the event that API Gateway would send to it. */
export interface DeployedRoute {
  readonly region: string;
  readonly tables: readonly TableDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly inferenceProfiles: readonly InferenceProfile[];
  readonly definition: FunctionDefinition;
  /** The proxy event for a request with this key and body. */
  eventOf(keyName: string, body: object): APIGatewayProxyEvent;
}

/** @param assembly The output directory of `cdk synth`. */
export function readRoute(assembly: string, name: RouteName): DeployedRoute {
  const { template, stack, assetDirectory } = readCloudAssembly(assembly);
  const api = readApi(template, stack, assetDirectory);
  const { method, path } = routes[name];
  const match = createRouter(api.routes)(method, path);
  if (!match || !('target' in match.route.integration)) {
    throw new Error(`The template has no route ${name} with a function.`);
  }
  return {
    region: stack.region,
    tables: api.tables,
    buckets: api.buckets,
    inferenceProfiles: api.inferenceProfiles,
    definition: match.route.integration.target,
    eventOf(keyName, body) {
      const apiKey = api.apiKeys.find((key) => key.name === keyName);
      const request = {
        id: crypto.randomUUID(),
        extendedId: 'extended=',
        receivedAt: Date.parse('2026-11-22T12:00:00Z'),
        method,
        path: `/${api.stage.name}${path}`,
        query: new URLSearchParams(),
        headers: [
          ['content-type', 'application/json'],
          ['x-api-key', apiKey?.value ?? ''],
        ] as const,
        body: JSON.stringify(body),
        sourceIp: '127.0.0.1',
        place: undefined,
        httpVersion: '1.1',
      };
      return proxyEvent(
        api,
        request,
        match,
        requestContext(api, request, { match, ...(apiKey ? { apiKey } : {}) }),
      );
    },
  };
}
