import { expect, test } from 'vitest';
import {
  addAuthorizer,
  addGatewayResponse,
  edit,
  editIntegration,
  testTemplate,
} from '../testing/deployment.ts';
import { type Api, readApi } from './api.ts';
import type { Template } from './template.ts';

const stack = { name: 'Test', account: '000000000000', region: 'eu-west-1' };

function read(template: Template): Api {
  return readApi(template, stack, (objectKey) => `/assets/${objectKey}`);
}

test('an API has its routes with their integrations, its plans and its keys', () => {
  const api = read(
    edit(testTemplate(), 'Plan', {
      Quota: { Limit: 100, Offset: 2, Period: 'MONTH' },
      Throttle: { RateLimit: 100, BurstLimit: 200 },
    }),
  );
  expect(api.routes.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /ask',
    'GET /items/{id}',
    'GET /other',
    'GET /broken',
  ]);
  expect(api.routes[0]).toMatchObject({
    apiKeyRequired: true,
    bodyModels: { 'application/json': { type: 'object' } },
    integration: {
      timeoutMs: 29_000,
      target: { handler: 'index.handler', directory: '/assets/main.zip', timeoutMs: 20_000, memoryMb: 128 },
    },
  });
  expect(api.usagePlans).toMatchObject([
    { throttle: { rate: 100, burst: 200 }, quota: { limit: 100, offset: 2, period: 'MONTH' } },
  ]);
  expect(api.apiKeys.map(({ name, enabled }) => [name, enabled])).toEqual([
    ['team-key', true],
    ['disabled-key', false],
    ['stray-key', true],
  ]);
});

/** Faults that pass synthesis without an error. */
const faults: [fault: string, message: RegExp, seed: (template: Template) => Template][] = [
  [
    'a method that buffers the answer',
    /AskMethod: ResponseTransferMode is BUFFERED, and only STREAM is supported/,
    (template) => editIntegration(template, { ResponseTransferMode: undefined }),
  ],
  [
    'a method with the URI of a buffered invocation',
    /ResponseTransferMode is STREAM, but the URI is of a BUFFERED invocation/,
    (template) => {
      addAuthorizer(template);
      return editIntegration(template, {
        Uri: template.Resources['Authorizer']?.Properties?.['AuthorizerUri'],
      });
    },
  ],
  [
    'a timeout above 15 minutes',
    /TimeoutInMillis is 900001, and must be 50 to 900000/,
    (template) => editIntegration(template, { TimeoutInMillis: 900_001 }),
  ],
  [
    'a method ANY',
    /ANY \/ask is not supported, only one method of one path/,
    (template) => edit(template, 'AskMethod', { HttpMethod: 'ANY' }),
  ],
  [
    'a required parameter',
    /RequestParameters is not supported/,
    (template) => edit(template, 'AskMethod', { RequestParameters: { 'method.request.header.a': true } }),
  ],
  [
    'an edge-optimized API',
    /EndpointConfiguration/,
    (template) => edit(template, 'Api', { EndpointConfiguration: { Types: ['EDGE'] } }),
  ],
  [
    'a throttle for one method',
    /Stage: .*MethodSettings/s,
    (template) =>
      edit(template, 'Stage', {
        MethodSettings: [
          { HttpMethod: 'GET', ResourcePath: '/~1other', ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1 },
        ],
      }),
  ],
  [
    'a quota period that does not exist',
    /Plan: .*Quota\.Period/s,
    (template) => edit(template, 'Plan', { Quota: { Limit: 1, Period: 'YEAR' } }),
  ],
  [
    'a gateway response type that does not exist',
    /no ResponseType QUOTA_EXCEEDD/,
    (template) => addGatewayResponse(template, 'QUOTA_EXCEEDD', {}),
  ],
  [
    'an invalid gateway response header',
    /must begin with gatewayresponse.header/,
    (template) => addGatewayResponse(template, 'THROTTLED', { ResponseParameters: { 'retry-after': "'1'" } }),
  ],
  [
    'an environment that names the plan in front of the function',
    /Circular dependency/,
    (template) => {
      edit(template, 'Deployment', {});
      return edit(template, 'Main', { Environment: { Variables: { PLAN: { Ref: 'Plan' } } } });
    },
  ],
  [
    'an authorizer that does not exist',
    /AuthorizerId is not an authorizer of the template/,
    (template) => edit(template, 'AskMethod', { AuthorizationType: 'CUSTOM' }),
  ],
  [
    'an integration that is not a Lambda proxy',
    /an integration of type MOCK is not supported/,
    (template) => editIntegration(template, { Type: 'MOCK' }),
  ],
  [
    'a Lambda invocation by GET',
    /IntegrationHttpMethod must be POST/,
    (template) => editIntegration(template, { IntegrationHttpMethod: 'GET' }),
  ],
  [
    'a model that does not exist',
    /the template has no model Nothing/,
    (template) => edit(template, 'AskMethod', { RequestModels: { 'application/json': 'Nothing' } }),
  ],
  [
    'a plan for a stage that does not exist',
    /there is no stage prod, only dev/,
    (template) => edit(template, 'Plan', { ApiStages: [{ ApiId: { Ref: 'Api' }, Stage: 'prod' }] }),
  ],
  [
    'binary media types, which are not interpreted',
    /BinaryMediaTypes is not supported/,
    (template) => edit(template, 'Api', { BinaryMediaTypes: ['*/*'] }),
  ],
  [
    'a function that is not on Node.js',
    /runtime python3.14 is not supported/,
    (template) => edit(template, 'Main', { Runtime: 'python3.14' }),
  ],
  [
    'a function with a timeout above 15 minutes',
    /Timeout must be 1 to 900 s/,
    (template) => edit(template, 'Main', { Timeout: 901 }),
  ],
  [
    'an environment above 4 KB',
    /the environment has \d+ bytes, and Lambda allows 4096/,
    (template) => edit(template, 'Main', { Environment: { Variables: { LARGE: 'x'.repeat(4096) } } }),
  ],
  [
    'a variable that Lambda reserves',
    /Lambda reserves the environment variable AWS_REGION/,
    (template) => edit(template, 'Main', { Environment: { Variables: { AWS_REGION: 'x' } } }),
  ],
  [
    'a second API',
    /exactly one AWS::ApiGateway::RestApi, and it has 2/,
    (template) => {
      template.Resources['Second'] = { Type: 'AWS::ApiGateway::RestApi' };
      return template;
    },
  ],
];

test.each(faults)('%s is refused', (_fault, message, seed) => {
  expect(() => read(seed(testTemplate()))).toThrow(message);
});
