import { join } from 'node:path';
import {
  ErrorEnvelopeSchema,
  errorCodes,
  errorDefinition,
  isErrorCode,
  type Route,
  routes,
} from '@org/contract';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../proxy.config.ts';
import { ConfigError } from '../config/config-error.ts';
import {
  directory,
  joined,
  lambdaDirectory,
  only,
  Properties,
  proxyFunction,
  resources,
  slow,
  Template,
  templateOf,
} from '../testing/template-under-test.ts';
import { createApp, synthesize } from './synthesize.ts';

const Reference = z.object({ Ref: z.string() });
const ref = (value: unknown) => z.parse(Reference, value).Ref;

let template: Template;
beforeAll(() => {
  template = templateOf(shipped, 'shipped');
}, slow);

describe('the API', () => {
  const Method = z.object({
    ApiKeyRequired: z.literal(true),
    AuthorizationType: z.literal('NONE'),
    HttpMethod: z.string(),
    ResourceId: Reference,
    RequestValidatorId: Reference,
    RequestModels: z.optional(z.object({ 'application/json': Reference })),
    Integration: z.object({
      Type: z.string(),
      TimeoutInMillis: z.number(),
      ResponseTransferMode: z.string(),
      Uri: z.unknown(),
    }),
  });
  const methods = () =>
    [...resources(template, 'AWS::ApiGateway::Method').values()].map((method) => z.parse(Method, method));

  function pathOf(resourceId: string): string {
    const resource = resources(template, 'AWS::ApiGateway::Resource').get(resourceId);
    if (!resource) return '';
    const { ParentId, PathPart } = resource;
    const parent = z.safeParse(Reference, ParentId);
    return `${parent.success ? pathOf(parent.data.Ref) : ''}/${PathPart}`;
  }

  test('has exactly the routes of the contract, each with an API key', () => {
    const table: readonly Route[] = Object.values(routes);
    const deployed = methods().map(({ HttpMethod, ResourceId }) => `${HttpMethod} ${pathOf(ResourceId.Ref)}`);
    expect(deployed.sort()).toEqual(table.map(({ method, path }) => `${method} ${path}`).sort());
  });

  test('tells the use of a key to that key only, and asks for no body', () => {
    const usage = methods().find(({ ResourceId }) => pathOf(ResourceId.Ref) === '/usage');
    expect(usage).toMatchObject({ HttpMethod: 'GET', ApiKeyRequired: true });
    expect(usage).not.toHaveProperty('RequestModels');
    // Plans cover the stage, and the stage has every method that its deployment waited for.
    const [deployment, ...others] = Object.values(template.Resources).filter(
      ({ Type }) => Type === 'AWS::ApiGateway::Deployment',
    );
    expect(others).toEqual([]);
    expect(deployment?.DependsOn).toEqual(
      expect.arrayContaining([...resources(template, 'AWS::ApiGateway::Method').keys()]),
    );
  });

  test('refuses a body that is not a JSON object, and looks no closer', () => {
    const validators = resources(template, 'AWS::ApiGateway::RequestValidator');
    const models = resources(template, 'AWS::ApiGateway::Model');
    for (const { HttpMethod, RequestValidatorId, RequestModels } of methods()) {
      expect(validators.get(RequestValidatorId.Ref)).toMatchObject({ ValidateRequestBody: true });
      if (HttpMethod === 'GET') continue;
      expect(models.get(ref(RequestModels?.['application/json']))).toMatchObject({
        ContentType: 'application/json',
        Schema: { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' },
      });
    }
    expect([...models.values()].map(({ Schema }) => Object.keys(z.parse(Properties, Schema)).sort())).toEqual(
      [['$schema', 'type']],
    );
  });

  test('passes on what the function writes, on every route, and waits as long as it may run', () => {
    const { id, properties } = proxyFunction(template);
    const integrations = methods().map(({ Integration }) => Integration);
    expect(integrations).toHaveLength(Object.keys(routes).length);
    for (const integration of integrations) {
      expect(integration).toEqual({
        Type: 'AWS_PROXY',
        ResponseTransferMode: 'STREAM',
        TimeoutInMillis: 900_000,
        Uri: {
          'Fn::Join': [
            '',
            [
              'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/',
              { 'Fn::GetAtt': [id, 'Arn'] },
              '/response-streaming-invocations',
            ],
          ],
        },
      });
      expect(Number(properties['Timeout']) * 1000).toBe(integration.TimeoutInMillis);
    }
  });

  test('may be the only one to invoke the function', () => {
    const [apiId] = resources(template, 'AWS::ApiGateway::RestApi').keys();
    const invoked = [...resources(template, 'AWS::Lambda::Permission').values()].map(
      ({ FunctionName, ...permission }) => {
        expect(permission).toEqual({
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: {
            'Fn::Join': [
              '',
              ['arn:aws:execute-api:us-east-1:', { Ref: 'AWS::AccountId' }, ':', { Ref: apiId }, '/*/*/*'],
            ],
          },
        });
        return FunctionName;
      },
    );
    expect(invoked).toEqual([{ 'Fn::GetAtt': [proxyFunction(template).id, 'Arn'] }]);
  });

  test('is regional, takes keys from the header, and takes as much as an account may by default', () => {
    expect(only(template, 'AWS::ApiGateway::RestApi')).toMatchObject({
      ApiKeySourceType: 'HEADER',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    expect(only(template, 'AWS::ApiGateway::Stage')).toMatchObject({
      StageName: 'dev',
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          DataTraceEnabled: false,
          ThrottlingRateLimit: 10_000,
          ThrottlingBurstLimit: 5000,
        },
      ],
    });
  });
});

describe("API Gateway's own answers", () => {
  const GatewayResponse = z.object({
    ResponseType: z.string(),
    StatusCode: z.optional(z.string()),
    ResponseParameters: z.record(z.string(), z.string()),
    ResponseTemplates: z.object({ 'application/json': z.string() }),
  });
  const answers = () =>
    [...resources(template, 'AWS::ApiGateway::GatewayResponse').values()].map((response) => {
      const { ResponseType, StatusCode, ResponseParameters, ResponseTemplates } = z.parse(
        GatewayResponse,
        response,
      );
      const body = ResponseTemplates['application/json'].replace('$context.requestId', 'request-1');
      const envelope = z.parse(ErrorEnvelopeSchema, JSON.parse(body));
      if (!isErrorCode(envelope.error.code)) throw new Error(`${envelope.error.code} is not in the contract`);
      return {
        type: ResponseType,
        status: StatusCode,
        parameters: ResponseParameters,
        body,
        envelope,
        code: envelope.error.code,
      };
    });

  const ownMessages: Readonly<Record<string, unknown>> = {
    THROTTLED: expect.stringMatching(/this API key or of all keys together/),
    QUOTA_EXCEEDED: expect.stringMatching(/API Gateway's own quota/),
    WAF_FILTERED: expect.stringMatching(/firewall.*request id/),
  };

  test('are the envelope of the contract with its status and headers', () => {
    for (const { type, status, parameters, envelope, code } of answers()) {
      const definition = errorDefinition(code);
      const message = ownMessages[type] ?? definition.message;
      expect(envelope).toEqual({
        type: 'error',
        error: { type: definition.type, code, message, param: null },
        request_id: 'request-1',
      });
      if (type !== 'DEFAULT_4XX') expect(status).toBe(String(definition.status));
      expect(parameters['gatewayresponse.header.x-request-id']).toBe('context.requestId');
      expect(parameters['gatewayresponse.header.x-should-retry']).toBe(`'${definition.retryable}'`);
      expect(parameters['gatewayresponse.header.retry-after']).toBe(
        definition.retryAfterSeconds === undefined ? undefined : `'${definition.retryAfterSeconds}'`,
      );
    }
  });

  test('substitute nothing but the request id', () => {
    for (const { body } of answers()) expect(body).not.toContain('$');
  });

  test('leave a 4xx its own status', () => {
    expect(answers().find(({ type }) => type === 'DEFAULT_4XX')?.status).toBeUndefined();
  });

  test('cover every error that the gateway makes', () => {
    const made = new Set(answers().map(({ code }) => code));
    const expected = errorCodes.filter((code) => errorDefinition(code).madeBy.includes('gateway'));
    expect([...made].sort()).toEqual(expected.sort());
  });

  test('say this of each case', () => {
    expect(Object.fromEntries(answers().map(({ type, code }) => [type, code]))).toEqual({
      ACCESS_DENIED: 'access_denied',
      BAD_REQUEST_BODY: 'invalid_json',
      BAD_REQUEST_PARAMETERS: 'invalid_request',
      DEFAULT_4XX: 'invalid_request',
      DEFAULT_5XX: 'internal',
      EXPIRED_TOKEN: 'unauthenticated',
      INTEGRATION_FAILURE: 'internal',
      INTEGRATION_TIMEOUT: 'model_timeout',
      INVALID_API_KEY: 'unauthenticated',
      INVALID_SIGNATURE: 'unknown_route',
      MISSING_AUTHENTICATION_TOKEN: 'unknown_route',
      QUOTA_EXCEEDED: 'quota_exceeded',
      REQUEST_TOO_LARGE: 'request_too_large',
      RESOURCE_NOT_FOUND: 'unknown_route',
      THROTTLED: 'rate_limited',
      UNAUTHORIZED: 'unauthenticated',
      UNSUPPORTED_MEDIA_TYPE: 'invalid_request',
      WAF_FILTERED: 'access_denied',
    });
  });
});

describe('plans and keys', () => {
  const plans = () => resources(template, 'AWS::ApiGateway::UsagePlan');
  const keys = () => resources(template, 'AWS::ApiGateway::ApiKey');

  test('every plan has its throttle and its quota, on this stage', () => {
    const [apiId] = resources(template, 'AWS::ApiGateway::RestApi').keys();
    const [stageId] = resources(template, 'AWS::ApiGateway::Stage').keys();
    const deployed = [...plans().values()].map(({ UsagePlanName, Throttle, Quota, ApiStages }) => {
      expect(ApiStages).toEqual([{ ApiId: { Ref: apiId }, Stage: { Ref: stageId }, Throttle: {} }]);
      return { UsagePlanName, Throttle, Quota };
    });
    expect(deployed).toEqual([
      {
        UsagePlanName: 'bedrock-proxy-dev-starter',
        Throttle: { RateLimit: 100, BurstLimit: 200 },
        Quota: { Limit: 10_000, Period: 'MONTH', Offset: 0 },
      },
      {
        UsagePlanName: 'bedrock-proxy-dev-research',
        Throttle: { RateLimit: 5, BurstLimit: 10 },
        Quota: { Limit: 10_000, Period: 'DAY', Offset: 0 },
      },
    ]);
  });

  test("every key is in its team's plan and in no other", () => {
    const attached = [...resources(template, 'AWS::ApiGateway::UsagePlanKey').values()].map(
      ({ KeyId, UsagePlanId, KeyType }) => [
        keys().get(ref(KeyId))?.['Name'],
        plans().get(ref(UsagePlanId))?.['UsagePlanName'],
        KeyType,
      ],
    );
    expect(attached).toEqual([
      ['tollmkey', 'bedrock-proxy-dev-starter', 'API_KEY'],
      ['research-key', 'bedrock-proxy-dev-research', 'API_KEY'],
    ]);
  });

  test('no key has its value or a deprecated stage in the template', () => {
    expect(keys().size).toBe(2);
    for (const key of keys().values()) {
      expect(key).toMatchObject({ Enabled: true });
      expect(key).not.toHaveProperty('Value');
      expect(key).not.toHaveProperty('StageKeys');
    }
  });

  test(
    'a key that is not enabled is deployed so',
    () => {
      const teams = { toll: { plan: 'starter', keys: [{ name: 'tollmkey', enabled: false }] } };
      const { app } = createApp(
        { ...shipped, teams },
        { outdir: join(directory, 'disabled'), lambdaDirectory },
      );
      const synthesized = z.parse(Template, app.synth().getStackByName('bedrock-proxy-dev').template);
      expect(only(synthesized, 'AWS::ApiGateway::ApiKey')).toMatchObject({
        Name: 'tollmkey',
        Enabled: false,
      });
    },
    slow,
  );

  test('outputs tell the endpoint, the ids of the keys, the table and the topic of the alarms', () => {
    const [topicId] = resources(template, 'AWS::SNS::Topic').keys();
    const ids = new Map([...keys()].map(([id, { Name }]) => [Name, id]));
    expect(template.Outputs).toMatchObject({
      Endpoint: { Value: { 'Fn::Join': expect.anything() } },
      KeyIdtollmkey: { Value: { Ref: ids.get('tollmkey') } },
      KeyIdresearchkey: { Value: { Ref: ids.get('research-key') } },
      AlarmTopicArn: { Value: { Ref: topicId } },
    });
    expect(Object.keys(template.Outputs)).toHaveLength(5);
  });
});

test(
  'an access log is opt-in, is kept as long as the other logs, and holds no key value',
  () => {
    expect(only(template, 'AWS::ApiGateway::Stage')).not.toHaveProperty('AccessLogSetting');

    const logged = templateOf({ ...shipped, accessLog: true, logRetentionDays: 7 }, 'access-log');
    const stage = only(logged, 'AWS::ApiGateway::Stage');
    const { Format, DestinationArn } = z.parse(
      z.object({ Format: z.string(), DestinationArn: z.unknown() }),
      stage['AccessLogSetting'],
    );
    const fields = Object.values(z.parse(z.record(z.string(), z.string()), JSON.parse(Format)));
    expect(fields).toContain('$context.requestId');
    expect(fields).toContain('$context.identity.apiKeyId');
    expect(fields).not.toContain('$context.identity.apiKey');
    expect(stage).toMatchObject({ MethodSettings: [{ DataTraceEnabled: false }] });

    const logGroups = resources(logged, 'AWS::Logs::LogGroup');
    const nameOf = (id: string) => String(logGroups.get(id)?.['LogGroupName'] ?? id);
    expect(joined(DestinationArn, nameOf)).toBe(
      'arn:aws:logs:us-east-1:AWS::AccountId:log-group:/aws/apigateway/bedrock-proxy-dev',
    );
    expect([...logGroups.values()].map(({ RetentionInDays }) => RetentionInDays)).toEqual([7, 7]);
  },
  slow,
);

test(
  'a permission that is too wide fails the synthesis',
  () => {
    const { app, stack } = createApp(shipped, { outdir: join(directory, 'wide'), lambdaDirectory });
    new ManagedPolicy(stack, 'Wide', {
      statements: [new PolicyStatement({ actions: ['bedrock:*'], resources: ['*'] })],
    });
    expect(() => app.synth()).toThrow(/AwsSolutions-IAM5\[Action::bedrock:\*\]/);
  },
  slow,
);

test(
  'an environment larger than Lambda allows is a config error',
  () => {
    const keys = Array.from({ length: 200 }, (_, index) => ({ name: `key${index}`, enabled: true }));
    const config = { ...shipped, teams: { 'a-team-with-very-many-keys': { plan: 'starter', keys } } };
    const synthesized = () => synthesize(config, { outdir: join(directory, 'large'), lambdaDirectory });
    expect(synthesized).toThrow(ConfigError);
    expect(synthesized).toThrow(/config: .* Lambda allows 4096/);
  },
  slow,
);

test('functions that are not built say how to build it', () => {
  const synthesized = () =>
    synthesize(shipped, { outdir: join(directory, 'none'), lambdaDirectory: directory });
  expect(synthesized).toThrow(/no built functions.*npm run build/);
});
