import { expect, test } from 'vitest';
import { testTemplate } from '../testing/deployment.ts';
import { type Api, readApi } from './api.ts';

const allowOrigin = 'method.response.header.Access-Control-Allow-Origin';
const override = (condition: string) =>
  [
    '#set($origin = $input.params().header.get("Origin"))',
    '#if($origin == "")',
    '  #set($origin = $input.params().header.get("origin"))',
    '#end',
    `#if(${condition})`,
    '  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)',
    '#end',
  ].join('\n');

const response = { StatusCode: '204', ResponseParameters: { [allowOrigin]: "'https://a.example.com'" } };
const mock = {
  Type: 'MOCK',
  RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
  IntegrationResponses: [response],
};

/** The test API with a preflight of `POST /ask` as the CDK writes it, with changes. */
function readWith(integration: object = {}, method: object = {}): Api {
  const template = testTemplate();
  const { Deployment: deployment } = template.Resources;
  template.Resources['AskPreflight'] = {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      ResourceId: { Ref: 'AskResource' },
      HttpMethod: 'OPTIONS',
      ApiKeyRequired: false,
      AuthorizationType: 'NONE',
      Integration: { ...mock, ...integration },
      MethodResponses: [{ StatusCode: '204', ResponseParameters: { [allowOrigin]: true } }],
      ...method,
    },
  };
  if (deployment) deployment.DependsOn = [deployment.DependsOn ?? [], 'AskPreflight'].flat();
  const stack = { name: 'Test', account: '000000000000', region: 'eu-west-1' };
  return readApi(template, stack, (objectKey) => `/assets/${objectKey}`);
}

const preflightOf = (api: Api) => api.routes.find(({ method }) => method === 'OPTIONS');

const responding = (changes: object) => ({ IntegrationResponses: [{ ...response, ...changes }] });
const templated = (template: string) => responding({ ResponseTemplates: { 'application/json': template } });

test('a preflight has a status and headers, and needs no key', () => {
  expect(preflightOf(readWith())).toMatchObject({
    path: '/ask',
    apiKeyRequired: false,
    authorizer: undefined,
    integration: {
      status: 204,
      headers: { 'access-control-allow-origin': 'https://a.example.com' },
      otherOrigins: [],
    },
  });
});

test.each([
  ['$origin == "http://b.example.com"', ['http://b.example.com']],
  ['$origin == "http://b.example.com" || $origin == "http://c:1"', ['http://b.example.com', 'http://c:1']],
])('further origins are those of the response template: %s', (condition, otherOrigins) => {
  expect(preflightOf(readWith(templated(override(condition))))?.integration).toMatchObject({ otherOrigins });
});

const elsewhere = /type MOCK is not supported, except for OPTIONS without key and authorizer/;
const foreignTemplate = /a response template is not supported/;

test.each<[fault: string, message: RegExp, integration: object, method?: object]>([
  ['a mock of another method', elsewhere, {}, { HttpMethod: 'GET' }],
  ['a mock with a key', elsewhere, {}, { ApiKeyRequired: true }],
  ['another template', foreignTemplate, templated('#set($x = 1)')],
  ['a template with more to it', foreignTemplate, templated(`${override('$origin == "a"')}\nmore`)],
  ['another condition', foreignTemplate, templated(override('$origin != "a"'))],
  [
    'another request',
    /only { statusCode: 200 } is supported/,
    { RequestTemplates: { 'application/json': '{}' } },
  ],
  ['another status', /only status 204 is supported/, responding({ StatusCode: '200' })],
  ['a choice of responses', /SelectionPattern is not supported/, responding({ SelectionPattern: '2..' })],
  ['another setting', /PassthroughBehavior is not supported/, { PassthroughBehavior: 'NEVER' }],
  [
    'a header that is not a string',
    /Allow-Origin: context\.x is not supported/,
    responding({ ResponseParameters: { [allowOrigin]: 'context.x' } }),
  ],
  [
    'a header that the method does not declare',
    /does not declare .*Allow-Origin/,
    {},
    { MethodResponses: [] },
  ],
])('%s is refused', (_fault, message, integration, method) => {
  expect(() => readWith(integration, method)).toThrow(message);
});
