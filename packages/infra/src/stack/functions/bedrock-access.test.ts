import { catalogue, type ModelDefinition } from '@org/models';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import shipped from '../../../proxy.config.ts';
import { parseProxyConfig } from '../../config/config.ts';
import { bedrockStatements } from './bedrock-access.ts';

/** What a role needs: resources, and those that it may use only through one inference profile. */
interface Needed {
  readonly free: readonly string[];
  readonly throughProfile?: Readonly<Record<string, readonly string[]>>;
  /** ARNs for which it may count tokens. */
  readonly counted?: readonly string[];
}

const imported = {
  alias: 'own',
  upstream: 'invoke',
  format: 'llama',
  modelId: 'arn:aws:bedrock:eu-west-1:111122223333:imported-model/abc',
  maxOutputTokens: 2048,
  lifecycle: { status: 'active' },
} as const;

const Resource = z.union([z.string(), z.array(z.string())]);
const Statement = z.union([
  z.strictObject({
    Effect: z.literal('Allow'),
    Action: z.tuple([z.literal('bedrock:InvokeModel'), z.literal('bedrock:InvokeModelWithResponseStream')]),
    Resource,
    Condition: z.optional(
      z.strictObject({ StringEquals: z.strictObject({ 'bedrock:InferenceProfileArn': z.string() }) }),
    ),
  }),
  z.strictObject({ Effect: z.literal('Allow'), Action: z.literal('bedrock:CountTokens'), Resource }),
]);

/** The permissions in the statements for these models. */
function allowed(
  models: readonly unknown[],
  region: string,
  { globalInference = false, partition = 'aws' } = {},
): Needed {
  const aliases = models.map((model) =>
    z.parse(z.union([z.string(), z.object({ alias: z.string() })]), model),
  );
  const config = parseProxyConfig({
    ...shipped,
    region,
    models,
    globalInference,
    plans: {
      all: {
        ...shipped.plans['starter'],
        models: aliases.map((model) => (typeof model === 'string' ? model : model.alias)),
        limits: undefined,
      },
    },
    teams: { all: { plan: 'all', keys: ['key'] } },
  });
  const free: string[] = [];
  const counted: string[] = [];
  const throughProfile: Record<string, string[]> = {};
  for (const statement of bedrockStatements(config, { partition, account: '111122223333' })) {
    const allows = z.parse(Statement, statement.toJSON());
    const resources = [allows.Resource].flat();
    if (allows.Action === 'bedrock:CountTokens') {
      counted.push(...resources);
      continue;
    }
    const profile = allows.Condition?.StringEquals['bedrock:InferenceProfileArn'];
    if (profile === undefined) free.push(...resources);
    else throughProfile[profile] = [...(throughProfile[profile] ?? []), ...resources];
  }
  return { free: free.sort(), throughProfile, counted };
}

const profileOf = (region: string, id: string) =>
  `arn:aws:bedrock:${region}:111122223333:inference-profile/${id}`;
const modelOf = (region: string, id: string) => `arn:aws:bedrock:${region}::foundation-model/${id}`;
const inAll = (regions: readonly string[], id: string) => regions.map((region) => modelOf(region, id)).sort();

const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const sonnet = 'anthropic.claude-sonnet-4-6';
const nova2 = 'amazon.nova-2-lite-v1:0';

// Written by hand from AWS's pages, not derived from the code under test.
test.each<[name: string, model: unknown, region: string, needed: Needed, globalInference?: boolean]>([
  [
    'on demand',
    'nova-pro',
    'us-east-1',
    { free: ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'] },
  ],
  [
    'on demand in another Region',
    'gpt-oss-20b',
    'eu-west-1',
    { free: ['arn:aws:bedrock:eu-west-1::foundation-model/openai.gpt-oss-20b-1:0'] },
  ],
  [
    'a US profile',
    'claude-haiku-4.5',
    'us-east-1',
    {
      free: [profileOf('us-east-1', `us.${haiku}`)],
      throughProfile: {
        [profileOf('us-east-1', `us.${haiku}`)]: inAll(['us-east-1', 'us-east-2', 'us-west-2'], haiku),
      },
      counted: [modelOf('us-east-1', haiku)],
    },
  ],
  [
    'a European profile',
    'nova-2-lite',
    'eu-west-1',
    {
      free: [profileOf('eu-west-1', `eu.${nova2}`)],
      throughProfile: {
        [profileOf('eu-west-1', `eu.${nova2}`)]: inAll(
          ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
          nova2,
        ),
      },
    },
  ],
  [
    'a geographic profile, if a global one is allowed too',
    'nova-2-lite',
    'ap-northeast-1',
    {
      free: [profileOf('ap-northeast-1', `jp.${nova2}`)],
      throughProfile: {
        [profileOf('ap-northeast-1', `jp.${nova2}`)]: inAll(['ap-northeast-1', 'ap-northeast-3'], nova2),
      },
    },
    true,
  ],
  [
    'a global profile',
    'claude-haiku-4.5',
    'sa-east-1',
    {
      free: [profileOf('sa-east-1', `global.${haiku}`)],
      throughProfile: {
        [profileOf('sa-east-1', `global.${haiku}`)]: [
          `arn:aws:bedrock:::foundation-model/${haiku}`,
          `arn:aws:bedrock:sa-east-1::foundation-model/${haiku}`,
        ],
      },
      counted: [modelOf('sa-east-1', haiku)],
    },
    true,
  ],
  [
    'a model that counts tokens: also by its own id, in the Region of the call',
    'claude-sonnet-4.6',
    'us-east-1',
    {
      free: [profileOf('us-east-1', `us.${sonnet}`)],
      throughProfile: {
        [profileOf('us-east-1', `us.${sonnet}`)]: inAll(['us-east-1', 'us-east-2', 'us-west-2'], sonnet),
      },
      counted: [modelOf('us-east-1', sonnet)],
    },
  ],
  ['an imported model', imported, 'eu-west-1', { free: [imported.modelId] }],
])('%s: exactly the ARNs that AWS requires', (_name, model, region, needed, globalInference) => {
  const { throughProfile, ...others } = allowed([model], region, { globalInference });
  expect({ ...others, throughProfile: sorted(throughProfile) }).toEqual({
    throughProfile: {},
    counted: [],
    ...needed,
  });
});

test('models are allowed together, each through its own profile, and a model with two aliases once', () => {
  expect(allowed(['titan', 'nova-micro', imported, 'nova-2-lite'], 'eu-west-1')).toEqual({
    free: [
      imported.modelId,
      profileOf('eu-west-1', `eu.${nova2}`),
      profileOf('eu-west-1', 'eu.amazon.nova-micro-v1:0'),
    ].sort(),
    counted: [],
    throughProfile: {
      [profileOf('eu-west-1', `eu.${nova2}`)]: expect.any(Array),
      [profileOf('eu-west-1', 'eu.amazon.nova-micro-v1:0')]: expect.any(Array),
    },
  });
});

test('another partition has its own ARNs', () => {
  expect(allowed(['nova-pro'], 'us-gov-west-1', { partition: 'aws-us-gov' }).free).toEqual([
    'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0',
  ]);
});

describe('every model of the catalogue, in each of its Regions:', () => {
  const models: [string, ModelDefinition][] = Object.entries(catalogue);

  /** AWS's requirements in each Region, by its rules and the raw data: in-Region, then geographic, then global. */
  function needed({ modelId, onDemandRegions = [], inferenceProfiles = {} }: ModelDefinition) {
    const { global: worldwide = {}, ...geographic } = inferenceProfiles;
    const byRegion = new Map<string, { readonly needed: Needed; readonly globalInference: boolean }>();
    for (const [prefix, sources] of [['global', worldwide] as const, ...Object.entries(geographic)]) {
      for (const [region, destinations] of Object.entries(sources)) {
        const profile = profileOf(region, `${prefix}.${modelId}`);
        byRegion.set(region, {
          needed: { free: [profile], throughProfile: { [profile]: inAll(destinations, modelId) } },
          globalInference: prefix === 'global',
        });
      }
    }
    for (const region of onDemandRegions) {
      byRegion.set(region, {
        needed: { free: [modelOf(region, modelId)], throughProfile: {} },
        globalInference: false,
      });
    }
    return byRegion;
  }

  test.each(models)('%s', (alias, model) => {
    for (const [region, { needed: expected, globalInference }] of needed(model)) {
      const { free, throughProfile } = allowed([alias], region, { globalInference });
      expect({ free, throughProfile: sorted(throughProfile) }, region).toEqual(expected);
    }
  });
});

function sorted(lists: Needed['throughProfile'] = {}): Needed['throughProfile'] {
  return Object.fromEntries(Object.entries(lists).map(([key, list]) => [key, [...list].sort()]));
}
