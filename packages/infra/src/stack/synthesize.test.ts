import { join } from 'node:path';
import {
  ErrorEnvelopeSchema,
  errorCodes,
  errorDefinition,
  isErrorCode,
  type Route,
  routes,
} from '@org/contract';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../proxy.config.ts';
import { parseProxyConfig } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import {
  companyWithNotices,
  directory,
  joined,
  lambdaDirectory,
  only,
  resources,
  templateOf,
  withDomain,
} from '../testing/template-under-test.ts';
import { besides } from './stack-size.ts';
import { synthesize } from './synthesize.ts';

const Reference = z.object({ Ref: z.string() });
const ref = (value: unknown) => z.parse(Reference, value).Ref;

const template = templateOf(shipped);

describe('the API', () => {
  const Method = z.object({
    HttpMethod: z.string(),
    ResourceId: Reference,
    Integration: z.object({ TimeoutInMillis: z.number() }),
  });

  function pathOf(resourceId: string): string {
    const resource = resources(template, 'AWS::ApiGateway::Resource').get(resourceId);
    if (!resource) return '';
    const { ParentId, PathPart } = resource;
    const parent = z.safeParse(Reference, ParentId);
    return `${parent.success ? pathOf(parent.data.Ref) : ''}/${PathPart}`;
  }

  test("has exactly the contract's routes, and waits as long as an answer may take", () => {
    const methods = [...resources(template, 'AWS::ApiGateway::Method').values()].map((method) => {
      const { HttpMethod, ResourceId, Integration } = Method.parse(method);
      return [HttpMethod, pathOf(ResourceId.Ref), Integration.TimeoutInMillis];
    });
    const table: readonly Route[] = Object.values(routes);
    expect(methods.sort()).toEqual(table.map(({ method, path }) => [method, path, 900_000]).sort());
  });

  test('is regional, takes keys from the header, and takes as many requests as an account may by default', () => {
    expect(only(template, 'AWS::ApiGateway::RestApi')).toMatchObject({
      ApiKeySourceType: 'AUTHORIZER',
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
    THROTTLED: expect.stringMatching(/all keys together/),
    QUOTA_EXCEEDED: expect.stringMatching(/API Gateway's own quota/),
    WAF_FILTERED: expect.stringMatching(/firewall.*request id/),
  };

  test("have the contract's envelope, statuses and headers", () => {
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

  test('substitute only the request id', () => {
    for (const { body } of answers()) expect(body).not.toContain('$');
  });

  test('cover every error of the gateway', () => {
    const made = new Set(answers().map(({ code }) => code));
    const expected = errorCodes.filter((code) => errorDefinition(code).madeBy.includes('gateway'));
    expect([...made].sort()).toEqual(expected.sort());
  });
});

describe('plans and keys', () => {
  const plans = () => resources(template, 'AWS::ApiGateway::UsagePlan');
  const keys = () => resources(template, 'AWS::ApiGateway::ApiKey');

  test('every plan has its throttle and quota on this stage', () => {
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

  test('the outputs have the endpoint, the ids of the API and the keys, the table and the alarm topic', () => {
    const [topicId] = resources(template, 'AWS::SNS::Topic').keys();
    const ids = new Map([...keys()].map(([id, { Name }]) => [Name, id]));
    expect(template.Outputs).toMatchObject({
      Endpoint: { Value: { 'Fn::Join': expect.anything() } },
      ApiId: { Value: { Ref: [...resources(template, 'AWS::ApiGateway::RestApi').keys()][0] } },
      KeyIdtollmkey: { Value: { Ref: ids.get('tollmkey') } },
      KeyIdresearchZ2Dkey: { Value: { Ref: ids.get('research-key') } },
      AlarmTopicArn: { Value: { Ref: topicId } },
    });
    expect(Object.keys(template.Outputs)).toHaveLength(6);
  });
});

test('an access log is opt-in, is kept as long as the other logs, and contains no key value', () => {
  expect(only(template, 'AWS::ApiGateway::Stage')).not.toHaveProperty('AccessLogSetting');

  const logged = templateOf({ ...shipped, accessLog: true, logRetentionDays: 7 });
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
  expect([...logGroups.values()].map(({ RetentionInDays }) => RetentionInDays)).toEqual([7, 7, 7]);
});

const keysNamed = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `key${index}`, enabled: true }));

test('more keys than a stack has outputs for are a config error', () => {
  const config = { ...shipped, teams: { many: { plan: 'starter', keys: keysNamed(200) } } };
  const synthesized = () => synthesize(config, { outdir: join(directory, 'large'), lambdaDirectory });
  expect(synthesized).toThrow(ConfigError);
  expect(synthesized).toThrow(/teams: have 200 keys, but .* room for 191/);
});

test('what a stack has besides keys, plans and profiles is counted for the check of its size', () => {
  const { Resources, Outputs } = templateOf(
    parseProxyConfig({
      ...companyWithNotices,
      ...withDomain,
      signIn: { cognito: 'create' },
      costByPlan: false,
    }),
  );
  const counted = ['AWS::ApiGateway::ApiKey', 'AWS::ApiGateway::UsagePlanKey', 'AWS::ApiGateway::UsagePlan'];
  const others = Object.values(Resources).filter(({ Type }) => !counted.includes(Type));
  expect(others.length).toBeLessThanOrEqual(besides.resources);
  const keys = Object.keys(Outputs).filter((name) => name.includes('KeyId'));
  expect(Object.keys(Outputs).length - keys.length).toBeLessThanOrEqual(besides.outputs);
});

test('the error for missing functions says how to build them', () => {
  const synthesized = () =>
    synthesize(shipped, { outdir: join(directory, 'none'), lambdaDirectory: directory });
  expect(synthesized).toThrow(/no built functions.*npm run build/);
});
