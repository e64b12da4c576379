import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routeNames } from '@org/contract';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import { parseProxyConfig } from '../../config/config.ts';
import {
  directory,
  everythingOn,
  joined,
  lambdaDirectory,
  only,
  proxyFunction,
  resources,
  Template,
  templateOf,
} from '../../testing/template-under-test.ts';
import { synthesize } from '../synthesize.ts';

const oidc = parseProxyConfig({
  ...shipped,
  signIn: { issuer: 'https://login.example.com/tenant', audience: 'app' },
});
const created = parseProxyConfig({ ...everythingOn, signIn: { cognito: 'create' } });

const keysOnly = templateOf(shipped);
const withoutBearer = templateOf({ ...shipped, bearer: false });
const withIssuer = templateOf(oidc);
const withUserPool = templateOf(created);

const signedIn = [
  ['an issuer', withIssuer],
  ['a user pool', withUserPool],
] as const;
const variants = [['keys only', keysOnly], ...signedIn] as const;

const types = ({ Resources }: Template) => Object.values(Resources).map(({ Type }) => Type);
const authorizerId = (template: Template) =>
  [...resources(template, 'AWS::ApiGateway::Authorizer').keys()][0];

/** The function with the authorizer's log group; its handler has the name of another's. */
function authorizerFunction(template: Template) {
  const found = [...resources(template, 'AWS::Lambda::Function')].find(([id]) => id.startsWith('Authorizer'));
  if (!found) throw new Error('There is no authorizer function');
  return { id: found[0], properties: found[1] };
}

test('without bearer tokens and sign-in there is no authorizer, and API Gateway reads keys itself', () => {
  expect(types(withoutBearer)).not.toContain('AWS::ApiGateway::Authorizer');
  expect(resources(withoutBearer, 'AWS::Lambda::Function').size).toBe(1);
  expect(only(withoutBearer, 'AWS::ApiGateway::RestApi')).toMatchObject({ ApiKeySourceType: 'HEADER' });
  for (const method of resources(withoutBearer, 'AWS::ApiGateway::Method').values())
    expect(method).toMatchObject({ ApiKeyRequired: true, AuthorizationType: 'NONE' });
});

test('sign-in has its authorizer even where bearer keys are off', () => {
  expect(types(templateOf({ ...oidc, bearer: false }))).toContain('AWS::ApiGateway::Authorizer');
});

test('with keys only the authorizer knows nothing, and may do nothing but write its log', () => {
  const [logs] = [...resources(keysOnly, 'AWS::Logs::LogGroup').keys()].filter((id) =>
    id.startsWith('Authorizer'),
  );
  expect(authorizerFunction(keysOnly).properties).not.toHaveProperty('Environment');
  expect(statementsOf(keysOnly, authorizerFunction(keysOnly))).toEqual([
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::GetAtt': [logs, 'Arn'] },
    },
  ]);
});

test.each(variants)('with %s every method asks the authorizer, and still wants a key', (_name, template) => {
  expect(only(template, 'AWS::ApiGateway::RestApi')).toMatchObject({ ApiKeySourceType: 'AUTHORIZER' });
  const methods = [...resources(template, 'AWS::ApiGateway::Method').values()];
  const routes = methods.filter(({ HttpMethod }) => HttpMethod !== 'OPTIONS');
  expect(routes).toHaveLength(routeNames.length);
  for (const route of routes)
    expect(route).toMatchObject({
      ApiKeyRequired: true,
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: authorizerId(template) },
    });
  // A browser asks before it sends a credential.
  for (const preflight of methods.filter(({ HttpMethod }) => HttpMethod === 'OPTIONS'))
    expect(preflight).toMatchObject({ AuthorizationType: 'NONE' });
});

test.each(variants)('with %s nothing is cached, so no identity source is asked for', (_name, template) => {
  const authorizer = only(template, 'AWS::ApiGateway::Authorizer');
  expect(authorizer).toMatchObject({ Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 });
  expect(authorizer).not.toHaveProperty('IdentitySource');
});

test.each(variants)(
  'with %s API Gateway may call the function, for this authorizer only',
  (_name, template) => {
    const { id } = authorizerFunction(template);
    const permissions = [...resources(template, 'AWS::Lambda::Permission').values()].filter(
      ({ FunctionName }) => JSON.stringify(FunctionName).includes(id),
    );
    expect(permissions).toHaveLength(1);
    expect(permissions[0]).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    });
    expect(JSON.stringify(permissions[0]?.['SourceArn'])).toContain(`/authorizers/`);
  },
);

const Statements = z.array(z.record(z.string(), z.unknown()));

function statementsOf(template: Template, roleOf: { properties: Record<string, unknown> }) {
  const role = z.parse(
    z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
    roleOf.properties['Role'],
  )['Fn::GetAtt'][0];
  const policies = [...resources(template, 'AWS::IAM::Policy').values()].filter(({ Roles }) =>
    JSON.stringify(Roles).includes(role),
  );
  return policies.flatMap(
    (policy) => z.parse(z.object({ Statement: Statements }), policy['PolicyDocument']).Statement,
  );
}

test.each(signedIn)(
  'with %s the authorizer reads the keys of signed-in callers, and no more',
  (_name, template) => {
    const [table] = resources(template, 'AWS::DynamoDB::Table').keys();
    const logs = [...resources(template, 'AWS::Logs::LogGroup').keys()].find((id) =>
      id.startsWith('Authorizer'),
    );
    expect(statementsOf(template, authorizerFunction(template))).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [logs, 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:GetItem',
        Resource: { 'Fn::GetAtt': [table, 'Arn'] },
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['sign-in#*'] } },
      },
    ]);
  },
);

test.each(variants)('with %s the function behind the routes cannot read those keys', (_name, template) => {
  const [table] = resources(template, 'AWS::DynamoDB::Table').keys();
  const onTable = statementsOf(template, proxyFunction(template)).filter(({ Resource }) =>
    JSON.stringify(Resource).includes(String(table)),
  );
  expect(onTable).toEqual([
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      Resource: { 'Fn::GetAtt': [table, 'Arn'] },
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['team#*', 'key#*'] } },
    },
    {
      Effect: 'Allow',
      Action: 'dynamodb:GetItem',
      Resource: { 'Fn::GetAtt': [table, 'Arn'] },
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['plans'] } },
    },
  ]);
});

test('no alarm watches the errors of the authorizer, because it throws for each caller that it refuses', () => {
  const { id } = authorizerFunction(withIssuer);
  const alarms = [...resources(withIssuer, 'AWS::CloudWatch::Alarm').values()];
  expect(alarms).not.toEqual([]);
  expect(JSON.stringify(alarms)).not.toContain(id);
});

test.each(variants)('with %s the authorizer has code, memory and time of its own', (_name, template) => {
  const { properties } = authorizerFunction(template);
  expect(properties).toMatchObject({
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 10,
    MemorySize: 512,
    LoggingConfig: { LogFormat: 'JSON' },
  });
  expect(properties['Code']).not.toEqual(proxyFunction(template).properties['Code']);
});

const environmentOf = (template: Template): unknown => {
  const { Environment: environment } = authorizerFunction(template).properties;
  const { Variables: variables } = z.parse(
    z.object({ Variables: z.object({ PROXY_SIGN_IN: z.unknown(), PROXY_TABLE: z.unknown() }) }),
    environment,
  );
  const text = variables.PROXY_SIGN_IN;
  return JSON.parse(typeof text === 'string' ? text : joined(text, (id) => `<${id.slice(0, 14)}>`));
};

test('with sign-in other code runs, which knows what tokens are taken', () => {
  const codeOf = (template: Template) => authorizerFunction(template).properties['Code'];
  expect(codeOf(withIssuer)).not.toEqual(codeOf(keysOnly));
  expect(environmentOf(withIssuer)).toEqual({
    issuers: ['https://login.example.com/tenant'],
    audience: ['app'],
    claim: 'team',
  });
});

test('the authorizer gets a user pool of the deployment with its id, under both names that it may sign with', () => {
  const environment = environmentOf(withUserPool);
  expect(environment).toMatchObject({
    issuers: [
      expect.stringMatching(/^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/<UserPool.*>$/),
      expect.stringMatching(/^https:\/\/issuer-cognito-idp\.us-east-1\.amazonaws\.com\/<UserPool.*>$/),
    ],
    jwksUri: expect.stringMatching(/<UserPool.*>\/\.well-known\/jwks\.json$/),
    audience: [expect.stringMatching(/^<UserPool/)],
    tokenUse: 'access',
    claim: 'cognito:groups',
  });
});

test('the authorizer gets an existing user pool by its id, in its own Region', () => {
  const cognito = { userPoolId: 'eu-west-1_a1B2c3D4e', clientId: ['one', 'two'] };
  const template = templateOf(parseProxyConfig({ ...shipped, signIn: { cognito } }));
  expect(environmentOf(template)).toMatchObject({
    issuers: [
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
      'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a1B2c3D4e',
    ],
    audience: ['one', 'two'],
  });
  expect(types(template)).not.toContain('AWS::Cognito::UserPool');
});

test('no one signs up alone for a user pool of the deployment, and each team has a group', () => {
  expect(only(withUserPool, 'AWS::Cognito::UserPool')).toMatchObject({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    UserPoolTier: 'LITE',
    MfaConfiguration: 'OPTIONAL',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
  });
  expect(only(withUserPool, 'AWS::Cognito::UserPoolClient')).toMatchObject({
    GenerateSecret: false,
    AllowedOAuthFlowsUserPoolClient: false,
    PreventUserExistenceErrors: 'ENABLED',
  });
  const groups = [...resources(withUserPool, 'AWS::Cognito::UserPoolGroup').values()];
  expect(groups.map(({ GroupName }) => GroupName)).toEqual(Object.keys(created.teams));
  expect(withUserPool.Outputs).toMatchObject({ UserPoolId: {}, UserPoolClientId: {} });
});

test.each(['nickname', 'email', 'custom:team'])(
  'no one sets their own team in a user pool of the deployment, where it is the claim %s',
  (claim) => {
    const signIn = { cognito: 'create', tokenUse: 'id', claim };
    const template = templateOf(parseProxyConfig({ ...everythingOn, signIn }));
    const { WriteAttributes: writable } = only(template, 'AWS::Cognito::UserPoolClient');
    // None at all would stand for all.
    expect(writable).toContain('locale');
    expect(writable).not.toContain(claim);
    expect(only(template, 'AWS::Cognito::UserPool')).toMatchObject({
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    });
  },
);

test('a user pool stays when its stack goes, unless the config says otherwise', () => {
  const retained = templateOf(parseProxyConfig({ ...shipped, signIn: { cognito: 'create' } }));
  const policies = [retained, withUserPool].map(
    ({ Resources }) =>
      Object.values(Resources).find(({ Type }) => Type === 'AWS::Cognito::UserPool')?.DeletionPolicy,
  );
  expect(policies).toEqual(['Retain', 'Delete']);
});

test('more teams than fit into the environment are in a file beside the code', () => {
  const teams = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`group-${index}`, 'toll']));
  const signIn = { issuer: 'https://a.example', audience: 'app', teams };
  const outdir = join(directory, 'many-groups');
  const { templateFile } = synthesize(parseProxyConfig({ ...shipped, signIn }), { outdir, lambdaDirectory });
  const template = z.parse(Template, JSON.parse(readFileSync(templateFile, 'utf8')));
  const { properties } = authorizerFunction(template);
  const { PROXY_SIGN_IN } = z.parse(
    z.object({ Environment: z.object({ Variables: z.object({ PROXY_SIGN_IN: z.string() }) }) }),
    properties,
  ).Environment.Variables;
  expect(JSON.parse(PROXY_SIGN_IN)).toMatchObject({ teams: 'config.json' });
  const [asset] = z
    .parse(z.object({ Code: z.object({ S3Key: z.string() }) }), properties)
    .Code.S3Key.split('.');
  expect(JSON.parse(readFileSync(join(outdir, `asset.${asset}`, 'config.json'), 'utf8'))).toEqual(teams);
});

test('audiences that do not fit into the environment are refused', () => {
  const audience = Array.from({ length: 400 }, (_, index) => `app-${index}`);
  const config = parseProxyConfig({ ...shipped, signIn: { issuer: 'https://a.example', audience } });
  expect(() => templateOf(config)).toThrow(/signIn: makes \d+ bytes/);
});
