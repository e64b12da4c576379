import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Aws, NestedStack, Stack, Stage, Tags, Validations } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import type { Construct } from 'constructs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { PlatformStack } from '../../examples/platform/platform-stack.ts';
import shipped from '../../proxy.config.ts';
import { type ProxyConfig, parseProxyConfig, stackNameOf } from '../config/config.ts';
import {
  directory,
  everythingOn,
  lambdaDirectory,
  resources,
  Template,
  templateOf,
} from '../testing/template-under-test.ts';
import { BedrockProxy } from './bedrock-proxy.ts';

/** What the CDK's command line asks of every app. */
const commandLine = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };

let apps = 0;

function createApp(context = {}): App {
  apps += 1;
  return new App({
    outdir: join(directory, `app-${apps}`),
    analyticsReporting: false,
    autoSynth: false,
    context,
  });
}

const stackIn = (app: Construct, id: string, region = shipped.region) =>
  new Stack(app, id, { env: { region } });

const proxyIn = (scope: Construct, id: string, config: ProxyConfig = shipped) =>
  new BedrockProxy(scope, id, { config, lambdaDirectory });

/** The config under other names, so that both can be in one account. */
const renamed = (config: ProxyConfig, name: string): ProxyConfig =>
  parseProxyConfig({ ...config, name, teams: { other: { plan: 'starter', keys: [`${name}-key`] } } });

function synthesized(app: App, stack: Stack): Template {
  const assembly = app.synth();
  return z.parse(Template, JSON.parse(readFileSync(join(assembly.directory, stack.templateFile), 'utf8')));
}

const Report = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      violations: z.array(
        z.object({
          ruleName: z.string(),
          violatingConstructs: z.array(z.object({ constructPath: z.optional(z.string()) })),
        }),
      ),
    }),
  ),
});

/** Where the rules of the proxy find something in an app. */
function findings(app: App): string[] {
  expect(() => app.synth()).toThrow();
  const report = z.parse(
    Report,
    JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')),
  );
  return report.pluginReports
    .filter(({ pluginName }) => pluginName === 'Proxy')
    .flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
}

test('the example app passes the rules, with resources of its own beside the proxy', () => {
  const app = createApp(commandLine);
  const template = synthesized(app, new PlatformStack(app, 'Platform', { lambdaDirectory }));
  expect([...resources(template, 'AWS::SSM::Parameter').values()]).toEqual([
    expect.objectContaining({ Name: '/platform/llm/endpoint' }),
  ]);
  const [topic] = resources(template, 'AWS::SNS::Topic').keys();
  for (const { AlarmActions } of resources(template, 'AWS::CloudWatch::Alarm').values()) {
    expect(AlarmActions).toEqual([{ Ref: topic }]);
  }
});

test('every option passes in an app with its own tags, and the parts of the proxy are there to use', () => {
  const app = createApp(commandLine);
  Tags.of(app).add('Owner', 'platform');
  const stack = stackIn(app, 'Mine');
  const proxy = proxyIn(stack, 'Proxy', parseProxyConfig({ ...everythingOn, signIn: { cognito: 'create' } }));
  const template = synthesized(app, stack);
  const idOf = (token: unknown) => z.parse(z.object({ Ref: z.string() }), stack.resolve(token)).Ref;
  const typeOf = (token: unknown) => template.Resources[idOf(token)]?.Type;
  expect(typeOf(proxy.api.restApiId)).toBe('AWS::ApiGateway::RestApi');
  expect(typeOf(proxy.handler.functionName)).toBe('AWS::Lambda::Function');
  expect(typeOf(proxy.authorizer?.functionName)).toBe('AWS::Lambda::Function');
  expect(typeOf(proxy.table.tableName)).toBe('AWS::DynamoDB::Table');
  expect(typeOf(proxy.alarmTopic?.topicArn)).toBe('AWS::SNS::Topic');
  expect(proxy.alarms).toHaveLength(resources(template, 'AWS::CloudWatch::Alarm').size);
  expect(template.Resources[idOf(proxy.table.tableName)]?.Properties).toMatchObject({
    Tags: expect.arrayContaining([
      { Key: 'Application', Value: 'bedrock-proxy' },
      { Key: 'Owner', Value: 'platform' },
    ]),
  });
});

test('as the default of a stack it is what the command line deploys', () => {
  const app = createApp(recommendedFlags);
  const stack = stackIn(app, stackNameOf(shipped));
  proxyIn(stack, 'Default');
  expect(synthesized(app, stack)).toEqual(templateOf(shipped));
});

test('two proxies of different names share a stack, and another API is not their concern', () => {
  const app = createApp();
  const stack = stackIn(app, 'Mine');
  proxyIn(stack, 'One');
  proxyIn(stack, 'Two', renamed(shipped, 'second'));
  const other = new RestApi(stack, 'Health', { cloudWatchRole: false });
  other.root.addMethod('GET', new MockIntegration());
  const template = synthesized(app, stack);
  const names = [...resources(template, 'AWS::ApiGateway::RestApi').values()].map(({ Name }) => Name);
  expect(names.sort()).toEqual(['Health', 'bedrock-proxy-dev', 'second-dev']);
  const endpoints = Object.keys(template.Outputs).filter((id) => id.endsWith('Endpoint'));
  expect(endpoints).toEqual(['bedrockZ2DproxyZ2DdevEndpoint', 'secondZ2DdevEndpoint']);
});

test('two proxies that would have the same names are refused, unless they are in different Regions', () => {
  const stack = stackIn(createApp(), 'Mine');
  proxyIn(stack, 'One');
  expect(() => proxyIn(stack, 'Two')).toThrow(
    /Mine\/Two: Mine\/One is bedrock-proxy in stage dev too.*change the name or the stage/,
  );
  expect(() => proxyIn(stack, 'Three', parseProxyConfig({ ...shipped, name: 'second' }))).toThrow(
    /Mine\/One has a key tollmkey too.*rename one/,
  );
  const elsewhere = parseProxyConfig({
    ...renamed(shipped, 'second'),
    region: 'us-west-2',
    name: shipped.name,
  });
  expect(() => proxyIn(stackIn(stack.node.root, 'West', 'us-west-2'), 'One', elsewhere)).not.toThrow();
});

test('a stack of another Region, of none, or inside another is refused', () => {
  const app = createApp();
  expect(() => proxyIn(stackIn(app, 'West', 'us-west-2'), 'Proxy')).toThrow(
    'West/Proxy: the config is for us-east-1, and the stack has us-west-2',
  );
  expect(() => proxyIn(new Stack(app, 'Anywhere'), 'Proxy')).toThrow('the stack has no Region');
  expect(() => proxyIn(new NestedStack(stackIn(app, 'Mine'), 'Inner'), 'Proxy')).toThrow('nested stack');
});

test('what is changed below the proxy is found, and what is beside it is not looked at', () => {
  const app = createApp();
  const stack = stackIn(new Stage(app, 'Prod'), 'Mine');
  const proxy = proxyIn(stack, 'Proxy');
  proxy.handler.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  new RestApi(stack, 'Open', { cloudWatchRole: false }).root.addMethod('GET', new MockIntegration());
  const paths = findings(app);
  expect(paths).toContain('only-what-is-allowed Prod/Mine/Proxy/Function/Handler/FunctionUrl/Resource');
  expect(paths.filter((path) => !path.includes(' Prod/Mine/Proxy/'))).toEqual([]);
});

test('an exception is made in the way of the CDK', () => {
  const app = createApp();
  const stack = stackIn(app, 'Mine');
  const proxy = proxyIn(stack, 'Proxy');
  proxy.handler.addEnvironment('REGION_OF_LOGS', Aws.REGION);
  Validations.of(proxy.handler).acknowledge({ id: 'Proxy::only-what-is-allowed', reason: 'our log agent' });
  expect(resources(synthesized(app, stack), 'AWS::ApiGateway::RestApi').size).toBe(1);
});
