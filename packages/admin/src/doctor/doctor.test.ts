import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import {
  apiGatewayAccount,
  availability,
  bootstrapped,
  healthyAccount,
  lambdaAccount,
  lifecycle,
  maverick,
  micro,
  notBootstrapped,
  notFound,
  ownModel,
} from '../testing/aws-account.ts';
import { type AwsAnswers, startAws, xmlFailure } from '../testing/aws-server.ts';
import { diagnose } from './doctor.ts';
import type { Finding } from './finding.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

async function examine(differing: AwsAnswers = {}, config: object = {}) {
  const settings = await startAws({ ...healthyAccount, ...differing });
  return diagnose(parseProxyConfig({ ...shipped, ...config }), settings, now);
}

/** `bootstrap`, `model titan`. */
const subjectOf = ({ check, of }: Finding) => (of === undefined ? check : `${check} ${of}`);

const find = (findings: readonly Finding[], subject: string) =>
  findings.find((finding) => subjectOf(finding) === subject);

test('a healthy account has nothing to fix', async () => {
  const { findings, account, models, lacksLogRole, ceilingFits } = await examine({}, { accessLog: true });
  expect(findings.map((finding) => [subjectOf(finding), finding.status])).toEqual([
    ['credentials', 'ok'],
    ['bootstrap', 'ok'],
    ['stack bedrock-proxy-dev', 'ok'],
    ['log_role', 'ok'],
    ['throttle', 'ok'],
    ['concurrency', 'ok'],
    ['model titan', 'ok'],
    ['model llama', 'ok'],
    ['model nova-lite', 'ok'],
    ['model nova-pro', 'ok'],
    ['model titan-embed-v2', 'ok'],
    ['prices', 'ok'],
  ]);
  expect({ account, lacksLogRole, ceilingFits }).toEqual({
    account: '111122223333',
    lacksLogRole: false,
    ceilingFits: true,
  });
  expect(models.map(({ access }) => access)).toEqual(Array(5).fill('yes'));
});

const deployed = {
  body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
    <StackName>bedrock-proxy-dev</StackName><Description>Amazon Bedrock by API key, within limits: bedrock-proxy, stage dev</Description><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
    <Outputs>
      <member><OutputKey>TableName</OutputKey><OutputValue>the-table</OutputValue></member>
      <member><OutputKey>KeyIdtollmkey</OutputKey><OutputValue>aaaaaaaaaa</OutputValue></member>
      <member><OutputKey>ApiId</OutputKey><OutputValue>a1b2c3d4e5</OutputValue></member>
      <member><OutputKey>Endpoint</OutputKey><OutputValue>https://api.example.com/dev/</OutputValue></member>
    </Outputs>
  </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
};

const advice = (text: RegExp) => ({ kind: 'advice', text: expect.stringMatching(text) });
const failure = (name: string) => ({ kind: 'failure', cause: expect.objectContaining({ name }) });
const bootstrap = {
  kind: 'bootstrap',
  account: '111122223333',
  region: 'us-east-1',
  qualifier: 'hnb659fds',
};

test.each<[fault: string, differing: AwsAnswers, subject: string, finding: object, config?: object]>([
  [
    'credentials that have expired',
    { GetCallerIdentity: xmlFailure('ExpiredToken', 'The security token is expired', 403) },
    'credentials',
    { status: 'error', what: /ExpiredToken: .*expired/, remedy: failure('ExpiredToken') },
  ],
  [
    'a Region that is not enabled',
    { GetCallerIdentity: xmlFailure('InvalidClientTokenId', 'The token is invalid', 403) },
    'credentials',
    { status: 'error', remedy: failure('InvalidClientTokenId') },
  ],
  [
    'an account that is not bootstrapped',
    notBootstrapped,
    'bootstrap',
    { status: 'error', remedy: { ...bootstrap, present: 'none' } },
  ],
  [
    'an account that is bootstrapped under another qualifier than the config has',
    {
      'GetParameter /cdk-bootstrap/acme/version': { status: 400, exception: 'ParameterNotFound', body: {} },
    },
    'bootstrap',
    {
      status: 'error',
      what: /no parameter \/cdk-bootstrap\/acme\/version/,
      remedy: { ...bootstrap, qualifier: 'acme', present: 'none' },
    },
    { bootstrapQualifier: 'acme' },
  ],
  [
    'a bootstrap that is too old',
    bootstrapped(5),
    'bootstrap',
    { status: 'error', what: /version 5/, remedy: { ...bootstrap, present: 'too old' } },
  ],
  [
    'a bootstrap that may not be looked at',
    {
      'GetParameter /cdk-bootstrap/hnb659fds/version': {
        status: 400,
        exception: 'AccessDeniedException',
        body: {},
      },
    },
    'bootstrap',
    { status: 'warning', remedy: advice(/ssm:GetParameter/) },
  ],
  [
    'an account without a role for access logs',
    { '/account': apiGatewayAccount() },
    'log_role',
    { status: 'error', remedy: { kind: 'set_log_role' } },
    { accessLog: true },
  ],
  [
    'more promised than the account takes',
    { '/account': { body: { throttleSettings: { rateLimit: 50, burstLimit: 20 } } } },
    'throttle',
    { status: 'warning', what: /\b105 requests a second/, remedy: advice(/Service Quotas/) },
  ],
  [
    'an account with few calls at once',
    { '/2016-08-19/account-settings': lambdaAccount(10) },
    'concurrency',
    { status: 'warning', what: /10 calls at once/, remedy: advice(/Service Quotas/) },
  ],
  [
    'a ceiling that leaves too little',
    { '/2016-08-19/account-settings': lambdaAccount(110) },
    'concurrency',
    { status: 'warning', what: /leaves 90/, remedy: advice(/leaves the ceiling off/) },
    { concurrency: 20 },
  ],
  [
    'a model that has ended',
    { [`/foundation-models/${micro}`]: lifecycle('LEGACY', '2026-10-01T00:00:00Z') },
    'model titan',
    { status: 'warning', what: /ended on 2026-10-01/, remedy: advice(/another model/) },
  ],
  [
    'a model that is Legacy',
    { [`/foundation-models/${maverick}`]: lifecycle('LEGACY', '2027-03-30T00:00:00Z') },
    'model llama',
    { status: 'warning', what: /us\.meta.* Legacy, ends on 2027-03-30; refuses accounts/ },
  ],
  [
    'a model that the Region does not have',
    { [`/foundation-models/${micro}`]: notFound('no model') },
    'model titan',
    { status: 'warning', what: /does not have it in us-east-1/, remedy: advice(/docs\/models\.md/) },
  ],
  [
    'an inference profile that the Region does not have',
    { [`/inference-profiles/us.${maverick}`]: notFound('no profile') },
    'model llama',
    { status: 'warning', what: /us\.meta.* does not have it/ },
  ],
  [
    'a model without a subscription',
    {
      [`/foundation-model-availability/${micro}`]: availability({
        agreementAvailability: { status: 'NOT_AVAILABLE' },
      }),
    },
    'model titan',
    { status: 'warning', what: /no agreement/, remedy: advice(/playground/) },
  ],
  [
    'a model that the account may not use',
    {
      [`/foundation-model-availability/${micro}`]: availability({ authorizationStatus: 'NOT_AUTHORIZED' }),
    },
    'model titan',
    { status: 'warning', what: /not authorized/, remedy: advice(/service control policy/) },
  ],
  [
    'a model without access',
    {
      [`/foundation-model-availability/${micro}`]: availability({ entitlementAvailability: 'NOT_AVAILABLE' }),
    },
    'model titan',
    { status: 'warning', what: /no access/, remedy: advice(/Request access/) },
  ],
  [
    'models of which none answers',
    { [`/foundation-models/${micro}`]: notFound('no model') },
    'models',
    { status: 'error', what: /none/ },
    {
      models: ['titan'],
      plans: { starter: { ...shipped.plans['starter'], models: ['titan'] } },
      teams: { toll: { plan: 'starter', keys: ['tollmkey'] } },
    },
  ],
  [
    'an answer that the one who runs this may not have',
    { '/account': { status: 403, exception: 'AccessDeniedException', body: { message: 'no' } } },
    'log_role',
    { status: 'warning', what: /: no/, remedy: advice(/Allow apigateway:GET/) },
  ],
  [
    'a team that has left the config, and not all that it had',
    {
      'DescribeStacks bedrock-proxy-dev': deployed,
      Query: { body: { Items: [{ pk: { S: 'teams' }, sk: { S: 'acme' } }] } },
    },
    'team acme',
    { status: 'warning', what: /are refused/, remedy: { kind: 'delete_team', team: 'acme' } },
  ],
  [
    'a table that the one who runs this may not read',
    {
      'DescribeStacks bedrock-proxy-dev': deployed,
      Query: { status: 403, exception: 'AccessDeniedException', body: { message: 'no' } },
    },
    'teams',
    { status: 'warning', remedy: advice(/Allow dynamodb:Query/) },
  ],
  [
    'a deployed key that the config puts on another plan',
    {
      'DescribeStacks bedrock-proxy-dev': deployed,
      '/usageplans': {
        body: {
          item: [
            {
              id: 'p1',
              name: 'bedrock-proxy-dev-research',
              apiStages: [{ apiId: 'a1b2c3d4e5', stage: 'dev' }],
            },
          ],
        },
      },
    },
    'key tollmkey',
    {
      status: 'warning',
      what: /plan research.* starter/,
      remedy: advice(/new name/),
    },
  ],
  [
    'a model without a price',
    {
      '/foundation-models/example.own-v1:0': lifecycle('ACTIVE'),
      '/foundation-model-availability/example.own-v1:0': availability(),
    },
    'prices',
    {
      status: 'warning',
      what: /own/,
      remedy: advice(/prices: \{ own: \{ input: \.\.\., output: \.\.\. \} \}/),
    },
    { models: [...shipped.models, ownModel] },
  ],
])('%s is said, with what to do', async (_, differing, subject, finding, config) => {
  const { findings } = await examine(differing, config);
  const expected = Object.fromEntries(
    Object.entries(finding).map(([field, value]) => [
      field,
      value instanceof RegExp ? expect.stringMatching(value) : value,
    ]),
  );
  expect(find(findings, subject)).toMatchObject(expected);
});

test("an account that is bootstrapped under the config's qualifier is ready, whatever its stack is called", async () => {
  const { findings } = await examine(
    { ...notBootstrapped, ...bootstrapped(28, 'acme') },
    { bootstrapQualifier: 'acme' },
  );
  expect(find(findings, 'bootstrap')).toMatchObject({ status: 'ok' });
});

test('without credentials, nothing else is checked', async () => {
  const { findings, account } = await examine({ GetCallerIdentity: xmlFailure('ExpiredToken', 'expired') });
  expect(findings.map(subjectOf)).toEqual(['credentials', 'prices']);
  expect(account).toBeUndefined();
});

test("the deployment's present ceiling is not counted twice", async () => {
  const { ceilingFits } = await examine(
    {
      '/2016-08-19/account-settings': lambdaAccount(1000, 500),
      ListStackResources: {
        body: `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries><member>
          <ResourceType>AWS::Lambda::Function</ResourceType><PhysicalResourceId>other</PhysicalResourceId>
        </member><member>
          <ResourceType>AWS::Lambda::Function</ResourceType><PhysicalResourceId>handler</PhysicalResourceId>
        </member></StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`,
      },
      '/2015-03-31/functions/other': { body: { Concurrency: { ReservedConcurrentExecutions: 1 } } },
      '/2015-03-31/functions/handler': {
        body: {
          Configuration: { LoggingConfig: { LogGroup: '/aws/lambda/bedrock-proxy-dev' } },
          Concurrency: { ReservedConcurrentExecutions: 500 },
        },
      },
    },
    { concurrency: 500 },
  );
  expect(ceilingFits).toBe(true);
});

test('a ceiling of 0 stops the functions, wherever it is deployed', async () => {
  const { ceilingFits } = await examine(
    { '/2016-08-19/account-settings': lambdaAccount(10) },
    { concurrency: 0 },
  );
  expect(ceilingFits).toBe(true);
});
