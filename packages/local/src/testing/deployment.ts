import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Template, TemplateResource } from '../template/template.ts';

/**
 * Handlers that follow a request's instructions, so that one bundle serves every test. `handler` takes steps. A call can
 * wait at a gate until another call of the same worker opens it. Its echoes have an `instance`, which is the same for all
 * calls in one worker.
 */
const handlerSource = `
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
const instance = crypto.randomUUID();
let poured = 0;
const gates = new Map();
const gate = (name) => {
  if (!gates.has(name)) gates.set(name, Promise.withResolvers());
  return gates.get(name);
};
const pour = async (stream, bytes) => {
  for (let left = bytes; left > 0; left -= 65_536) {
    const room = stream.write(new Uint8Array(Math.min(left, 65_536)));
    poured += Math.min(left, 65_536);
    if (!room) await once(stream, 'drain');
  }
};
export const handler = awslambda.streamifyResponse(async (event, stream, context) => {
  const { steps = [['metadata', {}], ['echo'], ['end']] } = JSON.parse(event.body ?? '{}');
  for (const [step, detail] of steps) {
    switch (step) {
      case 'metadata': awslambda.HttpResponseStream.from(stream, detail); break;
      case 'echo': {
        const remaining = context.getRemainingTimeInMillis();
        stream.write(JSON.stringify({ instance, event, context, remaining, env: process.env }));
        break;
      }
      case 'write': stream.write(detail); break;
      case 'poured': stream.write(String(poured)); break;
      case 'pour': await pour(stream, detail); break;
      case 'wait': console.log('waiting'); await gate(detail).promise; break;
      case 'open': gate(detail).resolve(); break;
      case 'end': stream.end(detail); break;
      case 'endLater': gate(detail).promise.then(() => stream.end()); break;
      case 'destroy': stream.destroy(); break;
      case 'throw': throw new TypeError(detail);
      case 'log': console.log(detail); break;
      case 'print': console.error(detail); process.stdout.write('a\\nb\\n'); break;
      case 'exit': process.exit(3);
    }
  }
});

export const authorizer = async (event) => {
  const order = JSON.parse(event.headers['x-order'] ?? '{}');
  switch (order.do) {
    case 'throw': throw new Error(order.message);
    case 'return': return order.result;
    case 'hang': return setTimeout(60_000);
  }
  return {
    principalId: 'somebody',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: order.effect ?? 'Allow', Resource: order.resource ?? event.methodArn }],
    },
    context: { event: JSON.stringify(event), count: 7, whole: true },
    usageIdentifierKey: order.key,
  };
};
`;

const brokenSource = `throw new Error('cannot start');`;

const stage = { Ref: 'Stage' };
const api = { Ref: 'Api' };

function invocationUri(functionId: string): unknown {
  return {
    'Fn::Join': [
      '',
      [
        { 'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/` },
        { 'Fn::GetAtt': [functionId, 'Arn'] },
        '/invocations',
      ],
    ],
  };
}

interface MethodOptions {
  readonly resource: unknown;
  readonly method: string;
  readonly target?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

function method({
  resource,
  method: httpMethod,
  target = 'Main',
  properties,
}: MethodOptions): TemplateResource {
  return {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: api,
      ResourceId: resource,
      HttpMethod: httpMethod,
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        ResponseTransferMode: 'STREAM',
        Uri: streamingUri(target),
      },
      ...properties,
    },
  };
}

function resource(parent: unknown, pathPart: string): TemplateResource {
  return {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId: api, ParentId: parent, PathPart: pathPart },
  };
}

function lambda(asset: string, variables: Readonly<Record<string, unknown>> = {}): TemplateResource {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${asset}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 1,
      Environment: { Variables: variables },
    },
  };
}

function edited(resource: TemplateResource, properties: Readonly<Record<string, unknown>>): TemplateResource {
  return { ...resource, Properties: { ...resource.Properties, ...properties } };
}

function permission(functionId: string, path = '*/*/*'): TemplateResource {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [functionId, 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/${path}`,
      },
    },
  };
}

/** A function with a permission, and a method without a key at `GET /{path}`. */
function openFunction(
  id: string,
  route: { path: string; asset: string; variables?: Readonly<Record<string, unknown>> },
): Record<string, TemplateResource> {
  return {
    [id]: lambda(route.asset, route.variables),
    [`${id}Permission`]: permission(id),
    [`${id}Resource`]: resource({ 'Fn::GetAtt': ['Api', 'RootResourceId'] }, route.path),
    [`${id}Method`]: method({ resource: { Ref: `${id}Resource` }, method: 'GET', target: id }),
  };
}

/** The URI of a streamed integration. */
function streamingUri(functionId: string): unknown {
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2021-11-15/functions/\${${functionId}.Arn}/response-streaming-invocations`,
  };
}

/** A small stack: `POST /ask` with a key and a body model, `GET /items/{id}`, `GET /other` and `GET /broken` without. */
export function testTemplate(): Template {
  const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
  const resources: Record<string, TemplateResource> = {
    Api: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: { Name: 'test', EndpointConfiguration: { Types: ['REGIONAL'] } },
    },
    AskResource: resource(root, 'ask'),
    AskMethod: method({
      resource: { Ref: 'AskResource' },
      method: 'POST',
      properties: {
        ApiKeyRequired: true,
        RequestModels: { 'application/json': { Ref: 'JsonObject' } },
        RequestValidatorId: { Ref: 'BodyValidator' },
      },
    }),
    ItemsResource: resource(root, 'items'),
    ItemResource: resource({ Ref: 'ItemsResource' }, '{id}'),
    ItemMethod: method({ resource: { Ref: 'ItemResource' }, method: 'GET' }),
    Main: edited(lambda('main', { WHOSE: 'main', KEY_ID: { Ref: 'TeamKey' } }), { Timeout: 20 }),
    MainPermission: permission('Main'),
    ...openFunction('Other', { path: 'other', asset: 'main', variables: { WHOSE: 'other' } }),
    ...openFunction('Broken', { path: 'broken', asset: 'broken' }),
    JsonObject: {
      Type: 'AWS::ApiGateway::Model',
      Properties: { RestApiId: api, ContentType: 'application/json', Schema: { type: 'object' } },
    },
    BodyValidator: {
      Type: 'AWS::ApiGateway::RequestValidator',
      Properties: { RestApiId: api, ValidateRequestBody: true },
    },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: api, DeploymentId: { Ref: 'Deployment' }, StageName: 'dev' },
    },
    TeamKey: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Name: 'team-key', Enabled: true } },
    DisabledKey: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Name: 'disabled-key', Enabled: false } },
    StrayKey: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Name: 'stray-key', Enabled: true } },
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: { ApiStages: [{ ApiId: api, Stage: stage }] },
    },
    TeamMembership: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { KeyId: { Ref: 'TeamKey' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
    },
    DisabledMembership: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { KeyId: { Ref: 'DisabledKey' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
    },
  };
  resources['Deployment'] = {
    Type: 'AWS::ApiGateway::Deployment',
    Properties: { RestApiId: api },
    DependsOn: Object.keys(resources).filter((id) => resources[id]?.Type === 'AWS::ApiGateway::Method'),
  };
  return { Resources: resources };
}

/** Changes properties of one resource, in place. */
export function edit(
  template: Template,
  id: string,
  properties: Readonly<Record<string, unknown>>,
): Template {
  const resource = template.Resources[id];
  if (resource === undefined) {
    throw new Error(`The test template has no ${id}`);
  }
  resource.Properties = { ...resource.Properties, ...properties };
  return template;
}

/**
 * Puts an authorizer in front of `POST /ask`, in place. It follows the header `x-order`, and allows a request
 * without it.
 */
export function addAuthorizer(
  template: Template,
  properties: Readonly<Record<string, unknown>> = {},
): Template {
  template.Resources['Authorize'] = edited(lambda('main'), { Handler: 'index.authorizer' });
  template.Resources['AuthorizePermission'] = permission('Authorize', `authorizers/\${Authorizer}`);
  template.Resources['Authorizer'] = {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      RestApiId: api,
      Name: 'authorizer',
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 0,
      AuthorizerUri: invocationUri('Authorize'),
      ...properties,
    },
  };
  edit(template, 'Api', { ApiKeySourceType: 'AUTHORIZER' });
  return edit(template, 'AskMethod', { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Authorizer' } });
}

/** Changes the integration of `POST /ask`, in place. */
export function editIntegration(template: Template, changes: Readonly<Record<string, unknown>>): Template {
  const integration = Object(template.Resources['AskMethod']?.Properties?.['Integration']);
  return edit(template, 'AskMethod', { Integration: { ...integration, ...changes } });
}

/** Adds a gateway response, deployed, in place. */
export function addGatewayResponse(
  template: Template,
  responseType: string,
  properties: Readonly<Record<string, unknown>>,
): Template {
  template.Resources[responseType] = {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: { RestApiId: api, ResponseType: responseType, ...properties },
  };
  const deployment = template.Resources['Deployment'];
  if (deployment !== undefined) {
    deployment.DependsOn = [deployment.DependsOn ?? [], responseType].flat();
  }
  return template;
}

/** Writes the test template and its bundles as `cdk synth` would. Disposing removes them. */
export function writeTestAssembly(): Disposable & { readonly directory: string } {
  const directory = mkdtempSync(path.join(tmpdir(), 'local-gateway-test-'));
  const write = (file: string, content: unknown): void => {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(
      path.join(directory, file),
      typeof content === 'string' ? content : JSON.stringify(content, null, 1),
    );
  };
  write('asset.main/index.mjs', handlerSource);
  write('asset.broken/index.mjs', brokenSource);
  write('Test.template.json', testTemplate());
  write('Test.assets.json', {
    version: '55.0.0',
    files: Object.fromEntries(
      ['main', 'broken'].map((asset) => [
        asset,
        {
          source: { path: `asset.${asset}`, packaging: 'zip' },
          destinations: { current: { bucketName: 'assets', objectKey: `${asset}.zip` } },
        },
      ]),
    ),
  });
  write('manifest.json', {
    version: '55.0.0',
    artifacts: {
      'Test.assets': { type: 'cdk:asset-manifest', properties: { file: 'Test.assets.json' } },
      Test: {
        type: 'aws:cloudformation:stack',
        environment: 'aws://unknown-account/eu-west-1',
        properties: { templateFile: 'Test.template.json' },
      },
    },
  });
  return {
    directory,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
