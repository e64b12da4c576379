import { type Route, routes } from '@org/contract';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import { everythingOn, resources, type Template, templateOf } from '../../testing/template-under-test.ts';

const Parameters = z.record(z.string(), z.string());
const Preflight = z.object({
  HttpMethod: z.literal('OPTIONS'),
  ApiKeyRequired: z.literal(false),
  AuthorizationType: z.literal('NONE'),
  Integration: z.strictObject({
    Type: z.literal('MOCK'),
    RequestTemplates: z.unknown(),
    IntegrationResponses: z.tuple([
      z.object({
        StatusCode: z.string(),
        ResponseParameters: Parameters,
        ResponseTemplates: z.optional(Parameters),
      }),
    ]),
  }),
});
const GatewayResponse = z.object({ ResponseParameters: Parameters });

const preflights = (of: Template) =>
  [...resources(of, 'AWS::ApiGateway::Method').values()]
    .filter(({ HttpMethod }) => HttpMethod === 'OPTIONS')
    .map((method) => z.parse(Preflight, method).Integration.IntegrationResponses[0]);
const gatewayParameters = (of: Template) =>
  [...resources(of, 'AWS::ApiGateway::GatewayResponse').values()].map(
    (response) => z.parse(GatewayResponse, response).ResponseParameters,
  );
const allowedOrigin = 'gatewayresponse.header.access-control-allow-origin';

test('a page of the origin may call every route, with its key, and read the answer', () => {
  const template = templateOf(everythingOn);
  const table: readonly Route[] = Object.values(routes);
  expect(preflights(template).map((preflight) => preflight.ResponseParameters)).toEqual(
    table.map(({ method }) => ({
      'method.response.header.Access-Control-Allow-Origin': "'https://app.example.com'",
      'method.response.header.Access-Control-Allow-Methods': `'${method}'`,
      'method.response.header.Access-Control-Allow-Headers': expect.stringMatching(
        /^'content-type,authorization,x-api-key,[a-z,-]*'$/,
      ),
      'method.response.header.Access-Control-Max-Age': "'7200'",
      'method.response.header.Vary': "'Origin'",
    })),
  );
  for (const parameters of gatewayParameters(template)) {
    expect(parameters).toMatchObject({
      [allowedOrigin]: "'https://app.example.com'",
      'gatewayresponse.header.access-control-expose-headers': expect.stringMatching(
        /^'x-request-id,request-id,retry-after,x-should-retry,x-max-tokens-lowered-to,x-token-count,x-limit-warning,x-ratelimit-limit-requests,/,
      ),
    });
  }
});

test('without origins no page may call, and no method is without a key', () => {
  const template = templateOf(shipped);
  expect(preflights(template)).toEqual([]);
  for (const parameters of gatewayParameters(template)) expect(parameters).not.toHaveProperty(allowedOrigin);
});
