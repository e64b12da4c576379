import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { parseProxyConfig } from '../../config/config.ts';
import { plan, config as small } from '../../testing/config-under-test.ts';
import { policyOf, proxyFunction, resources, templateOf } from '../../testing/template-under-test.ts';

const imported = {
  alias: 'imported',
  upstream: 'invoke',
  format: 'llama',
  modelId: 'arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123def456',
  maxOutputTokens: 2048,
  lifecycle: { status: 'active' },
};

const template = templateOf(
  parseProxyConfig({
    ...small,
    models: ['nova-lite', 'llama', 'titan-embed-v2', imported],
    plans: {
      search: { ...plan, models: ['nova-lite', 'titan-embed-v2'] },
      staff: { ...plan, models: ['nova-lite', 'llama', 'imported'] },
    },
    teams: { search: { plan: 'search' }, staff: { plan: 'staff' } },
    costByPlan: true,
  }),
);

const Profile = z.object({
  InferenceProfileName: z.string().check(z.regex(/^(?:[0-9a-zA-Z][ _-]?){1,64}$/)),
  ModelSource: z.object({ CopyFrom: z.unknown() }),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })),
});

const profiles = [...resources(template, 'AWS::Bedrock::ApplicationInferenceProfile')].map(
  ([id, properties]) => ({ id, ...z.parse(Profile, properties) }),
);

const ofAccount = (rest: string) => ({
  'Fn::Join': ['', ['arn:aws:bedrock:us-east-1:', { Ref: 'AWS::AccountId' }, `:${rest}`]],
});

test('each plan has a profile for each of its models, with its name as a tag; an imported model has none', () => {
  const found = profiles.map(({ ModelSource, Tags }) => [
    Tags.find(({ Key }) => Key === 'Plan')?.Value,
    ModelSource.CopyFrom,
  ]);
  expect(found).toEqual([
    ['search', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'],
    ['search', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0'],
    ['staff', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0'],
    ['staff', ofAccount('inference-profile/us.meta.llama4-maverick-17b-instruct-v1:0')],
  ]);
  expect(new Set(profiles.map(({ InferenceProfileName }) => InferenceProfileName)).size).toBe(4);
});

test('the function knows the profiles by plan and alias', () => {
  const Environment = z.object({
    Environment: z.object({ Variables: z.object({ PROXY_CONFIG: z.unknown() }) }),
  });
  const { Variables } = z.parse(Environment, proxyFunction(template).properties).Environment;
  const [, parts] = z.parse(
    z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
    Variables.PROXY_CONFIG,
  )['Fn::Join'];
  const text = parts
    .map((part) => (typeof part === 'string' ? part : `${JSON.stringify(part).replaceAll('"', "'")}`))
    .join('');
  const idOf = (index: number) => `{'Fn::GetAtt':['${profiles[index]?.id}','InferenceProfileId']}`;
  expect(JSON.parse(text)).toMatchObject({
    inferenceProfileArn: "arn:aws:bedrock:us-east-1:{'Ref':'AWS::AccountId'}:application-inference-profile/",
    plans: {
      search: { inferenceProfiles: { 'nova-lite': idOf(0), 'titan-embed-v2': idOf(1) } },
      staff: { inferenceProfiles: { 'nova-lite': idOf(2), llama: idOf(3) } },
    },
  });
});

test('the function may call the profiles, and through them the models behind a cross-Region profile', () => {
  const arns = profiles.map(({ id }) => ({ 'Fn::GetAtt': [id, 'InferenceProfileArn'] }));
  const statements = policyOf(template).filter(({ Action }) =>
    JSON.stringify(Action).includes('InvokeModel'),
  );
  expect(statements[0]).toMatchObject({ Resource: expect.arrayContaining(arns) });
  expect(statements[1]).toMatchObject({
    Resource: expect.arrayContaining([
      'arn:aws:bedrock:us-east-2::foundation-model/meta.llama4-maverick-17b-instruct-v1:0',
    ]),
    Condition: {
      StringEquals: {
        'bedrock:InferenceProfileArn': [
          ofAccount('inference-profile/us.meta.llama4-maverick-17b-instruct-v1:0'),
          arns[3],
        ],
      },
    },
  });
});
