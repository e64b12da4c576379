import { defineProxyConfig, parseProxyConfig } from '@org/infra/config';
import original from '@org/infra/examples/original.config.ts';
import shipped from '@org/infra/proxy.config.ts';
import { catalogue, type ModelDefinition } from '@org/models';
import { shortSoak, soakConfig } from './soak/teams.ts';
import { recorded } from './upgrade/recorded.ts';

/** A plan without a throttle or a quota in the way. */
const open = {
  throttle: { rate: 10_000, burst: 10_000 },
  quota: { limit: 10_000_000, period: 'MONTH' },
  models: ['llama'],
} as const;

/** The simulated Bedrock still answers these models; a config with an ended lifecycle is refused. */
const ended = {
  lifecycle: { status: 'legacy', endOfLife: '2025-08-15' },
} as const satisfies Partial<ModelDefinition>;

/** A custom model with Llama's body. */
const imported = {
  upstream: 'invoke',
  format: 'llama',
  modelId: 'arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123def456',
  maxOutputTokens: 2048,
  lifecycle: { status: 'active' },
} as const satisfies ModelDefinition;

/** The original proxy, with its models and their own bodies. */
const predecessor = parseProxyConfig({
  ...original,
  name: 'predecessor',
  models: [
    {
      alias: 'titan',
      upstream: 'invoke',
      format: 'titan-text',
      modelId: 'amazon.titan-text-express-v1',
      maxOutputTokens: 8192,
      ...ended,
    },
    {
      alias: 'llama',
      upstream: 'invoke',
      format: 'llama',
      modelId: 'meta.llama2-70b-chat-v1',
      maxOutputTokens: 2048,
      ...ended,
    },
  ],
});

/** Limits that a test reaches within a few requests, and keys that are refused. */
const tight = defineProxyConfig({
  name: 'tight',
  stage: 'dev',
  region: 'us-east-1',
  models: ['titan', 'llama', 'nova-pro'],
  plans: {
    few: {
      throttle: { rate: 1, burst: 2 },
      quota: { limit: 1000, period: 'MONTH' },
      models: ['llama'],
      maxTokens: 64,
    },
    many: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 1000, period: 'DAY' },
      models: ['titan', 'llama'],
    },
  },
  teams: {
    hasty: { plan: 'few', keys: ['hasty-key'] },
    calm: { plan: 'many', keys: ['calm-key', { name: 'disabled-key', enabled: false }] },
  },
});

/** Exact limits that a test reaches within a few requests. */
const counted = defineProxyConfig({
  name: 'counted',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama', 'nova-lite', 'claude-sonnet-4.6'],
  plans: {
    few: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 1000, period: 'MONTH' },
      models: ['llama', 'nova-lite'],
      limits: { requests: { day: 5 } },
    },
    tokens: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 1000, period: 'MONTH' },
      models: ['llama', 'nova-lite', 'claude-sonnet-4.6'],
      limits: { tokens: { month: 2000 } },
    },
  },
  teams: {
    sharing: { plan: 'few', keys: ['shared-key', { name: 'other-key', limits: { requests: { month: 2 } } }] },
    thrifty: { plan: 'tokens', keys: ['thrifty-key'] },
  },
});

/** Limits by minute and week and a pace in a time zone, and of calls at once. */
const zoned = defineProxyConfig({
  name: 'zoned',
  stage: 'dev',
  region: 'us-east-1',
  timeZone: 'America/New_York',
  models: ['nova-lite'],
  plans: {
    paced: { ...open, models: ['nova-lite'], limits: { requests: { minute: 2, week: 3 } } },
    single: { ...open, models: ['nova-lite'], limits: { callsAtOnce: 1 } },
    spread: {
      ...open,
      models: ['nova-lite'],
      limits: { requests: { day: 24 }, pace: { requests: { day: { burst: 1 } } } },
    },
  },
  teams: {
    paced: { plan: 'paced', keys: ['paced-key'] },
    single: { plan: 'single', keys: ['single-key'] },
    spread: { plan: 'spread', keys: ['spread-key'] },
  },
});

/** A limit of forty requests, for many callers at once. */
const contested = defineProxyConfig({
  name: 'contested',
  stage: 'dev',
  region: 'us-east-1',
  models: ['nova-lite', 'claude-haiku-4.5'],
  plans: {
    forty: {
      ...open,
      throttle: { rate: 100, burst: 300 },
      models: ['nova-lite', 'claude-haiku-4.5'],
      limits: { requests: { month: 40 } },
    },
    spread: { ...open, models: ['nova-lite'], limits: { requests: { month: 10 } }, shards: 4 },
  },
  teams: {
    contested: { plan: 'forty', keys: ['contested-key'] },
    spread: { plan: 'spread', keys: ['spread-key'] },
  },
});

/** Every model of the catalogue. One plan counts tokens too, and one has a limit in USD that a few requests reach. */
const everything = parseProxyConfig({
  name: 'everything',
  stage: 'dev',
  region: 'us-east-1',
  models: Object.keys(catalogue),
  plans: {
    all: {
      throttle: { rate: 10_000, burst: 10_000 },
      quota: { limit: 100_000, period: 'DAY' },
      models: Object.keys(catalogue),
      limits: { usd: { day: 100 } },
    },
    exact: {
      ...open,
      models: Object.keys(catalogue),
      limits: { tokens: { day: 100_000_000 }, usd: { day: 100 } },
    },
    cheap: { ...open, models: Object.keys(catalogue), limits: { usd: { day: 0.06 } } },
  },
  teams: {
    all: { plan: 'all', keys: ['all-key'] },
    exact: { plan: 'exact', keys: ['exact-key'] },
    cheap: { plan: 'cheap', keys: ['cheap-key'] },
  },
});

/** A plan with a guardrail on questions and answers. */
const guarded = defineProxyConfig({
  name: 'guarded',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama', 'nova-lite', { ...imported, alias: 'imported' }],
  plans: {
    guarded: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 1000, period: 'MONTH' },
      models: ['llama', 'nova-lite', 'imported'],
      guardrail: { id: 'a1b2c3d4e5f6', version: '1' },
      limits: {},
    },
  },
  teams: { guarded: { plan: 'guarded', keys: ['guarded-key'] } },
});

/** Every rule of a company for its account; two plans, whose costs AWS's bill shows apart. */
const company = defineProxyConfig({
  name: 'company',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama', 'claude-haiku-4.5', 'titan-embed-v2', { ...imported, alias: 'imported' }],
  plans: {
    search: { ...open, models: ['llama', 'titan-embed-v2', 'imported'], limits: { usd: { month: 100 } } },
    staff: { ...open, models: ['llama', 'claude-haiku-4.5'], limits: { usd: { month: 100 } } },
  },
  prices: { imported: { input: 1, output: 2 } },
  teams: {
    search: { plan: 'search', keys: ['search-key'] },
    staff: { plan: 'staff', keys: ['staff-key'] },
  },
  tags: { CostCentre: '4711' },
  roles: { path: '/llm/', permissionsBoundary: 'Boundary' },
  kmsKey: 'create',
  costByPlan: true,
  promptLog: { retentionDays: 30, plans: ['staff'] },
  traces: true,
});

/** Callers with keys, and signed-in callers; each team has its own plan. */
const signedIn = defineProxyConfig({
  name: 'signed-in',
  stage: 'dev',
  region: 'us-east-1',
  models: ['titan', 'llama'],
  plans: {
    few: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 1000, period: 'MONTH' },
      models: ['llama'],
      limits: { requests: { day: 3 } },
    },
    hasty: {
      throttle: { rate: 1, burst: 2 },
      quota: { limit: 1000, period: 'MONTH' },
      models: ['llama', 'titan'],
      limits: {},
    },
  },
  teams: {
    thrifty: { plan: 'few', keys: ['thrifty-key'] },
    hasty: { plan: 'hasty', keys: ['hasty-key'] },
  },
  signIn: {
    issuer: 'https://login.example.com/tenant',
    audience: 'bedrock-proxy',
    claim: 'groups',
    teams: { 'Thrifty People': 'thrifty', 'Hasty People': 'hasty', Ghosts: 'ghosts' },
  },
});

/** The deployment's own user pool. */
const userPool = parseProxyConfig({ ...shipped, name: 'user-pool', signIn: { cognito: 'create' } });

/** Only API Gateway reads keys. */
const withoutBearer = parseProxyConfig({ ...shipped, name: 'without-bearer', bearer: false });

/** Pages of two origins may call the API. */
const web = parseProxyConfig({
  ...shipped,
  name: 'web',
  cors: { origins: ['https://app.example.com', 'http://localhost:3000'] },
});

/** For clients of other APIs: their model names, and their pages. */
const compatible = defineProxyConfig({
  name: 'compatible',
  stage: 'dev',
  region: 'us-east-1',
  models: ['nova-lite', 'nova-pro', 'claude-haiku-4.5'],
  aliases: { 'gpt-4o': 'nova-lite', 'openai/gpt-4o:mini': 'nova-lite', 'gpt-4.1': 'nova-pro' },
  plans: {
    all: { ...open, models: ['nova-lite', 'claude-haiku-4.5'], limits: { requests: { month: 1000 } } },
  },
  teams: { all: { plan: 'all', keys: ['all-key'] } },
  cors: { origins: ['https://app.example.com'] },
});

const severalVendors = { ...open, models: ['llama', 'nova-lite', 'claude-haiku-4.5'] };

/** Many teams without limits in the way, for many faults at once, and some teams that reach one limit each. */
const faulty = parseProxyConfig({
  name: 'faulty',
  stage: 'dev',
  region: 'us-east-1',
  models: severalVendors.models,
  plans: {
    open: { ...severalVendors, limits: { tokens: { month: 1_000_000 } } },
    closed: { ...severalVendors, limits: { requests: { month: 0 } } },
    // Room for one call at a time, through any API: each holds more than half of it.
    narrow: { ...severalVendors, limits: { tokens: { month: 3000 } } },
    hasty: { ...severalVendors, throttle: { rate: 1, burst: 1 }, limits: {} },
    spent: { ...severalVendors, quota: { limit: 1, period: 'MONTH' }, limits: {} },
  },
  teams: Object.fromEntries(
    [
      ...['closed', 'narrow-whole', 'narrow-stream', 'hasty', 'spent'],
      ...Array.from({ length: 8 }, (_, index) => `open-${index}`),
      ...Array.from({ length: 32 }, (_, index) => `patient-${index}`),
    ].map((name) => [name, { plan: name.replace(/-.*/, '').replace('patient', 'open'), keys: [name] }]),
  ),
});

/** A slow plan with the only key of the config, and a fast one for keys made at run time. */
const growing = defineProxyConfig({
  name: 'growing',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama'],
  plans: {
    tiny: { ...open, throttle: { rate: 1, burst: 1 } },
    big: { ...open, throttle: { rate: 100, burst: 200 } },
  },
  teams: { first: { plan: 'tiny', keys: ['first-key'] } },
});

/** 2,000 teams, some with keys: more than fits into a function's environment. AWS's bill knows the plans. */
const populous = defineProxyConfig({
  name: 'populous',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama', 'nova-lite'],
  plans: {
    few: { ...open, models: ['llama', 'nova-lite'], limits: { requests: { day: 3 } } },
    open: { ...open, models: ['llama', 'nova-lite'] },
  },
  teams: Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [
      `team-${index}`,
      {
        plan: index % 2 === 0 ? ('few' as const) : ('open' as const),
        keys: index < 60 ? [{ name: `key-${index}`, limits: { requests: { month: index + 1 } } }] : [],
      },
    ]),
  ),
  costByPlan: true,
});

/** Limits within a team, beside those of the team. */
const membered = parseProxyConfig({
  ...signedIn,
  name: 'membered',
  models: ['llama', 'nova-lite'],
  plans: {
    few: {
      ...open,
      models: ['llama', 'nova-lite'],
      limits: { requests: { day: 100 } },
      limitsPerPerson: { requests: { day: 2 } },
      limitsPerModel: { 'nova-lite': { requests: { day: 3 } } },
    },
    hasty: { ...open, models: ['llama'], limitsPerCustomer: { requests: { day: 1 } } },
  },
});

/** Notices about limits, for all teams and for some. */
const notified = defineProxyConfig({
  name: 'notified',
  stage: 'dev',
  region: 'us-east-1',
  models: ['nova-lite'],
  plans: {
    ten: { ...open, models: ['nova-lite'], limits: { requests: { day: 10 } } },
    hundred: { ...open, models: ['nova-lite'], limits: { requests: { month: 100 } } },
  },
  notify: { email: 'operators@example.com' },
  teams: {
    ten: {
      plan: 'ten',
      keys: ['ten-key'],
      notify: { email: 'ann@example.com', webhook: 'https://hooks.example.com/limits' },
    },
    hundred: { plan: 'hundred', keys: ['hundred-key'] },
  },
});

/** What the last release was deployed with. */
const released = parseProxyConfig(recorded.config);

/** The deployments that the end-to-end tests run, by name. */
export const configs = {
  shipped,
  original,
  predecessor,
  tight,
  counted,
  zoned,
  contested,
  everything,
  guarded,
  company,
  'signed-in': signedIn,
  'user-pool': userPool,
  'without-bearer': withoutBearer,
  web,
  compatible,
  faulty,
  growing,
  populous,
  membered,
  notified,
  released,
  soak: soakConfig(shortSoak.requests),
};

export type ConfigName = keyof typeof configs;
