import { costStatement } from '@org/admin';
import {
  type AwsAnswers,
  apiGatewayAccount,
  healthyAccount,
  lambdaAccount,
  lifecycle,
  micro,
  notBootstrapped,
  notFound,
  startAws,
  xmlFailure,
} from '@org/admin/testing';
import { type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { CliError } from '../cli-error.ts';
import { invocationOf } from '../invocation.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { type DeployOptions, deploy } from './deploy.ts';
import { destroy } from './destroy.ts';
import { diff } from './diff.ts';
import { describeService } from './service-information.ts';
import type { DeployTools } from './tools.ts';

const secret = 'the-value-of-a-key-0123456789';

const deployed = {
  body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
    <StackId>arn:aws:cloudformation:us-east-1:111122223333:stack/bedrock-proxy-dev/x</StackId><StackName>bedrock-proxy-dev</StackName><Description>Amazon Bedrock by API key, within limits: bedrock-proxy, stage dev</Description><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime>
    <Outputs>
      <member><OutputKey>Endpoint</OutputKey><OutputValue>https://api.example.com/dev/</OutputValue></member>
      <member><OutputKey>ApiId</OutputKey><OutputValue>a1b2c3d4e5</OutputValue></member>
      <member><OutputKey>TableName</OutputKey><OutputValue>the-table</OutputValue></member>
      <member><OutputKey>KeyIdtollmkey</OutputKey><OutputValue>aaaaaaaaaa</OutputValue></member>
      <member><OutputKey>KeyIdresearchZ2Dkey</OutputKey><OutputValue>bbbbbbbbbb</OutputValue></member>
    </Outputs>
  </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
};

const account: AwsAnswers = {
  ...healthyAccount,
  'DescribeStacks bedrock-proxy-dev': deployed,
  '/apikeys': { body: { item: [] } },
  '/apikeys/aaaaaaaaaa': { body: { id: 'aaaaaaaaaa', value: secret } },
  '/apikeys/bbbbbbbbbb': { body: { id: 'bbbbbbbbbb', value: `${secret}-2` } },
};

const denied = { status: 403, exception: 'AccessDeniedException', body: { message: 'not authorized' } };
/** Access to the table is denied. */
const tableIsDenied: AwsAnswers = { Query: denied, BatchGetItem: denied };

const unattended: DeployOptions = { yes: true, showKeys: false, setLogRole: false };

/** An account, and the changes to it. */
async function prepare({
  answers = {},
  config = {},
  agrees,
}: {
  answers?: AwsAnswers;
  config?: object;
  agrees?: (question: string) => boolean;
} = {}) {
  const settings = await startAws({ ...account, ...answers });
  const cdk: string[][] = [];
  const synthesized: ProxyConfig[] = [];
  const questions: string[] = [];
  const recording = recordingTerminal();
  const tools: DeployTools = {
    terminal: agrees
      ? {
          ...recording,
          confirm: async (question: string) => {
            questions.push(question);
            if (!agrees(question)) throw new CliError('Nothing was changed.', '');
          },
        }
      : recording,
    invocation: invocationOf(() => ({})),
    now: () => Date.parse('2026-11-22T12:00:00Z'),
    cdk: async (args, assembly) => void cdk.push([...args, assembly]),
    synthesize: async (given) => {
      synthesized.push(given);
      return { directory: '/assembly', templateFile: '/assembly/template.json', stackName: 'stack' };
    },
    settings: () => settings,
  };
  const checked = parseProxyConfig({ ...shipped, ...config });
  return {
    cdk,
    synthesized,
    questions,
    noted: () => recording.noted.join('\n'),
    deploy: (options: Partial<DeployOptions> = {}) => deploy(checked, { ...unattended, ...options }, tools),
    diff: (options: Parameters<typeof diff>[1]) => diff(checked, options, tools),
    printed: () => recording.printed.join('\n'),
    destroy: (options: { yes: boolean }) => destroy(checked, options, tools),
  };
}

test('it shows endpoint and keys, and a command to try it, as the original did', async () => {
  const { deploy, cdk, noted } = await prepare();
  const service = await deploy({ showKeys: true });
  expect(noted()).not.toContain('signIn');
  expect(describeService(service)).toBe(`stack: bedrock-proxy-dev
region: us-east-1
endpoint: https://api.example.com/dev
api keys:
  tollmkey: ${secret}
  research-key: ${secret}-2

ask it:
curl -H 'x-api-key: ${secret}' -H 'content-type: application/json' -d '{"model":"titan","question":"What is a dystopia?"}' https://api.example.com/dev/bedrock`);
  expect(cdk).toEqual([['deploy', 'bedrock-proxy-dev', '--require-approval', 'never', '/assembly']]);
});

test('a key that is not deployed yet is not mistaken for one with a similar name', async () => {
  const [[team = '', { plan } = { plan: '' }] = []] = Object.entries(shipped.teams);
  const { deploy } = await prepare({ config: { teams: { [team]: { plan, keys: ['toll.mkey'] } } } });
  expect((await deploy({ showKeys: true })).keys).toEqual([]);
});

test('in CI, no key value is read or shown', async () => {
  const forbidden = { status: 500, body: {} };
  const { deploy } = await prepare({
    answers: { '/apikeys/aaaaaaaaaa': forbidden, '/apikeys/bbbbbbbbbb': forbidden },
  });
  const text = describeService(await deploy());
  expect(text).toContain('tollmkey: (id aaaaaaaaaa; --show-keys shows the value)');
  expect(text).toContain('curl -H "x-api-key: $KEY"');
});

test('on a terminal, values are shown only after a yes', async () => {
  for (const consent of [true, false]) {
    const { deploy } = await prepare({ agrees: () => consent });
    expect(describeService(await deploy()).includes(secret)).toBe(consent);
  }
});

test('the command to try it has a model that answers', async () => {
  const { deploy } = await prepare({ answers: { [`/foundation-models/${micro}`]: notFound('ended') } });
  expect((await deploy()).model).toBe('llama');
});

test('a model that surely answers comes before one that may', async () => {
  const { deploy } = await prepare({
    answers: { [`/foundation-models/${micro}`]: lifecycle('LEGACY', '2027-03-30T00:00:00Z') },
  });
  expect((await deploy()).model).toBe('llama');
});

test('an account that is not ready stops it, with what to do', async () => {
  const { deploy, cdk, noted } = await prepare({
    answers: notBootstrapped,
  });
  await expect(deploy()).rejects.toThrow('Nothing was deployed');
  expect(noted()).toMatch(/npm run cdk -- bootstrap/);
  expect(cdk).toEqual([]);
});

test('without a terminal and --yes, nothing is deployed', async () => {
  const { deploy, cdk } = await prepare();
  await expect(deploy({ yes: false })).rejects.toThrow(
    'Deploy bedrock-proxy-dev (AWS account 111122223333, us-east-1)?',
  );
  expect(cdk).toEqual([]);
});

test('a ceiling that does not fit is left off, and one that fits is not', async () => {
  const config = { concurrency: 20 };
  for (const [total, expected] of [
    [110, undefined],
    [1000, 20],
  ] as const) {
    const answers = { '/2016-08-19/account-settings': lambdaAccount(total) };
    const { deploy, synthesized } = await prepare({ answers, config });
    await deploy();
    expect(synthesized.map(({ concurrency }) => concurrency)).toEqual([expected]);
  }
});

test('a ceiling of 0 is a brake, and stays on in any account', async () => {
  const answers = { '/2016-08-19/account-settings': lambdaAccount(10) };
  const { deploy, synthesized } = await prepare({ answers, config: { concurrency: 0 } });
  await deploy();
  expect(synthesized.map(({ concurrency }) => concurrency)).toEqual([0]);
});

test.each([
  ['asked for on the command line', { yes: true, setLogRole: true }, undefined, true],
  ['agreed to', { yes: false }, () => true, true],
  ['not agreed to', { yes: false }, (question: string) => !question.includes('role'), false],
  ['not asked for in CI', { yes: true }, undefined, false],
])(
  "the account's log role is set once, from a stack of its own: %s",
  async (_, options, agrees, isSet) => {
    const { deploy, cdk } = await prepare({
      answers: { '/account': apiGatewayAccount() },
      config: { accessLog: true },
      ...(agrees ? { agrees } : {}),
    });
    if (isSet) await deploy(options);
    else await expect(deploy(options)).rejects.toThrow(CliError);
    expect(cdk.map(([command, stack]) => `${command} ${stack}`)).toEqual(
      isSet ? ['deploy api-gateway-log-role', 'deploy bedrock-proxy-dev'] : [],
    );
  },
  60_000,
);

test('an account that has a log role is asked nothing about it', async () => {
  const { deploy, questions } = await prepare({ config: { accessLog: true }, agrees: () => true });
  await deploy({ yes: false, showKeys: true });
  expect(questions).toEqual(['Deploy bedrock-proxy-dev (AWS account 111122223333, us-east-1)?']);
});

test('with sign-in, the keys of its teams are made after the stack is deployed', async () => {
  const signIn = { issuer: 'https://login.example.com', audience: 'app' };
  const { deploy, cdk } = await prepare({ config: { signIn }, answers: tableIsDenied });
  await expect(deploy()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(cdk).toHaveLength(1);
});

test('without sign-in, keys that may not be removed are named, and it is deployed', async () => {
  const left = {
    id: 'cccccccccc',
    name: 'bedrock-proxy-dev-acme-sign-in',
    description: 'bedrock-proxy-dev: signed-in callers of team acme',
  };
  for (const keys of [denied, { body: { item: [left] } }]) {
    const { deploy, cdk, noted } = await prepare({ answers: { ...tableIsDenied, '/apikeys': keys } });
    expect(await deploy()).toMatchObject({ stack: 'bedrock-proxy-dev' });
    expect(noted()).toMatch(/signIn.*Deploy once/);
    expect(cdk).toHaveLength(1);
  }
});

test('it says which resources stay, and then deletes', async () => {
  const { destroy, cdk, noted, questions } = await prepare({ agrees: () => true });
  await destroy({ yes: false });
  expect(noted()).toMatch(/The table the-table stays.*--no-deletion-protection-enabled/s);
  expect(noted()).toMatch(/teams delete/);
  expect(questions).toEqual([
    'Delete bedrock-proxy-dev (AWS account 111122223333, us-east-1)? Every key stops working.',
  ]);
  expect(cdk).toEqual([['destroy', 'bedrock-proxy-dev', '--force', '/assembly']]);
});

test.each(['retain', 'destroy'] as const)(
  'the bucket of a prompt log stays, also with the removal policy %s',
  async (removalPolicy) => {
    const output =
      '<member><OutputKey>PromptBucketName</OutputKey><OutputValue>the-bucket</OutputValue></member>';
    const withBucket = { body: deployed.body.replace('<Outputs>', `<Outputs>${output}`) };
    const { destroy, noted } = await prepare({
      answers: { 'DescribeStacks bedrock-proxy-dev': withBucket },
      config: { removalPolicy },
    });
    await destroy({ yes: true });
    expect(noted()).toMatch(/The bucket the-bucket stays.*aws s3 rb --force s3:\/\/the-bucket/s);
  },
);

test('it is not deleted unless somebody agrees', async () => {
  const { destroy, cdk, noted } = await prepare({ config: { removalPolicy: 'destroy' } });
  await expect(destroy({ yes: false })).rejects.toThrow('Delete bedrock-proxy-dev');
  expect(noted()).toMatch(/The table the-table is deleted too/);
  expect(cdk).toEqual([]);
});

test('there is nothing to delete if it is not deployed', async () => {
  const missing = xmlFailure('ValidationError', 'Stack with id bedrock-proxy-dev does not exist');
  const { destroy } = await prepare({ answers: { 'DescribeStacks bedrock-proxy-dev': missing } });
  await expect(destroy({ yes: true })).rejects.toMatchObject({
    message: 'There is no stack bedrock-proxy-dev in the account 111122223333, us-east-1.',
    advice: expect.stringMatching(/^There is nothing to delete(?!.*--local)/),
  });
});

test.each([
  [false, []],
  [true, ['--fail']],
])('what it would change is shown, and is a failure where that is wanted: %s', async (fail, options) => {
  const { diff, cdk } = await prepare();
  await diff({ fail });
  expect(cdk).toEqual([['diff', 'bedrock-proxy-dev', ...options, '/assembly']]);
});

/** The answer to GetTemplate for a stack that was deployed with a config. */
const templateOf = (config: object): AwsAnswers => {
  const template = { Resources: { Table: { Metadata: { ProxyConfig: config } } } };
  return {
    GetTemplate: {
      body: `<GetTemplateResponse><GetTemplateResult><TemplateBody>${JSON.stringify(template)}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
    },
  };
};

test('a diff says what the change does to the cost of what is deployed, or is in a template', async () => {
  const { research: _, ...teams } = shipped.teams;
  const { diff, printed } = await prepare({ answers: templateOf({ ...shipped, teams }) });
  await diff({ fail: false });
  expect(printed()).toMatch(/from \$0\.25 to \$50\.25 per month, of it research \$50\.00/);
});

test('a diff takes the limits of a team as operators changed them at run time, before and after', async () => {
  const changed = {
    pk: { S: 'team#research' },
    sk: { S: 'changes' },
    limits: { S: '{"usd":{"month":30}}' },
    version: { N: '1' },
  };
  const { diff, printed, noted } = await prepare({
    answers: { ...templateOf(shipped), BatchGetItem: { body: { Responses: { 'the-table': [changed] } } } },
  });
  await diff({ fail: false });
  expect(noted()).toContain('With the limits that were changed at run time of research:');
  expect(printed()).toContain('stays $30.25 per month');
});

test('a diff without access to the table says so, and compares the configs', async () => {
  const { diff, printed, noted } = await prepare({ answers: { ...templateOf(shipped), ...tableIsDenied } });
  await diff({ fail: false });
  expect(noted()).toContain('Without limits changed at run time, because the table cannot be read');
  expect(printed()).toContain('stays $50.25 per month');
});

test.each<[what: string, answers: AwsAnswers, noted: RegExp]>([
  [
    'a template of another version',
    templateOf({ name: 'bedrock-proxy' }),
    /another version wrote it.*--against/,
  ],
  ['a template that may not be read', {}, /GetTemplate failed: ./],
  [
    'nothing deployed yet',
    { GetTemplate: xmlFailure('ValidationError', 'Stack with id bedrock-proxy-dev does not exist') },
    /^$/,
  ],
])('with %s, a diff reports what the models can cost', async (_, answers, said) => {
  const { diff, printed, noted, cdk } = await prepare({ answers });
  await diff({ fail: false });
  expect(printed()).toMatch(/\$50\.25 per month/);
  expect(noted()).toMatch(said);
  expect(cdk).toHaveLength(1);
});

test('a stack of the same name that is something else is neither deployed over nor deleted', async () => {
  const foreign = { body: deployed.body.replace('Amazon Bedrock by API key, within limits', 'A shop') };
  const { deploy, destroy, cdk, noted } = await prepare({
    answers: { 'DescribeStacks bedrock-proxy-dev': foreign },
  });
  await expect(deploy()).rejects.toThrow('Nothing was deployed');
  expect(noted()).toMatch(
    /^error +stack bedrock-proxy-dev: exists.*would be deleted\n.*Change the name or the stage/,
  );
  await expect(destroy({ yes: true })).rejects.toThrow(/bedrock-proxy-dev is not.*nothing was deleted/);
  expect(cdk).toEqual([]);
});

test('a stack that only has a change set is deployed', async () => {
  const empty = deployed.body
    .replace(/<Description>.*?<\/Description>/, '')
    .replace('CREATE_COMPLETE', 'REVIEW_IN_PROGRESS');
  const { deploy, cdk } = await prepare({ answers: { 'DescribeStacks bedrock-proxy-dev': { body: empty } } });
  await deploy();
  expect(cdk).toHaveLength(1);
});

test('a diff reports what a change does to the cost of another config', async () => {
  const { diff, printed } = await prepare();
  const { research: _, ...teams } = shipped.teams;
  const before = costStatement(parseProxyConfig({ ...shipped, teams }));
  await diff({ fail: false, before });
  expect(printed()).toMatch(/from \$0\.25 to \$50\.25 per month, of it research \$50\.00/);
});

test('without credentials, nothing is compared, and the error is the same as for a deployment', async () => {
  const { deploy, diff, cdk, noted } = await prepare({
    answers: { GetCallerIdentity: xmlFailure('ExpiredToken', 'The security token is expired', 403) },
  });
  await expect(diff({ fail: false })).rejects.toThrow('Nothing was compared');
  const said = noted();
  expect(said).toMatch(/^error {4}credentials: ExpiredToken.*\n.*aws sso login/);
  await expect(deploy()).rejects.toThrow('Nothing was deployed');
  expect(noted()).toContain(said.trim());
  expect(cdk).toEqual([]);
});
