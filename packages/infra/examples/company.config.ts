import { defineProxyConfig } from '../src/config/config.ts';

/**
 * A whole company: people sign in, services have keys, a customer has a key with its own small limits. With alarms, a
 * firewall and a web page that may call. Try it with `npm start -- --config packages/infra/examples/company.config.ts`.
 */
export default defineProxyConfig({
  name: 'company-llm',
  stage: 'prod',
  region: 'eu-central-1',

  models: ['nova-lite', 'nova-pro', 'claude-haiku-4.5', 'claude-sonnet-4.6', 'titan-embed-v2'],
  // Apps that ask for a model of another provider get this one.
  aliases: { 'gpt-4o-mini': 'nova-lite', 'gpt-4o': 'nova-pro' },

  plans: {
    // People, who sign in. A team shares its limits.
    staff: {
      throttle: { rate: 5, burst: 10 },
      quota: { limit: 50_000, period: 'DAY' },
      models: ['nova-lite', 'nova-pro', 'claude-haiku-4.5', 'claude-sonnet-4.6'],
      maxTokens: 16_384,
      // Coding agents ask for more than that, and get what the plan allows.
      clampMaxTokens: true,
      limits: { usd: { day: 40, month: 500 } },
    },
    // Backend services.
    services: {
      throttle: { rate: 50, burst: 100 },
      quota: { limit: 1_000_000, period: 'DAY' },
      models: ['nova-lite', 'nova-pro', 'titan-embed-v2'],
      maxTokens: 4096,
      limits: { tokens: { day: 20_000_000 }, usd: { month: 2000 } },
    },
    // Customers, each of which is a team.
    customers: {
      throttle: { rate: 10, burst: 20 },
      quota: { limit: 20_000, period: 'DAY' },
      models: ['nova-lite'],
      maxTokens: 1024,
      limits: { requests: { day: 5000 }, usd: { day: 2, month: 30 } },
    },
  },

  teams: {
    engineering: { plan: 'staff', keys: ['engineering-ci'] },
    search: { plan: 'services', keys: ['search-api', 'search-batch'] },
    // Two keys, so that the one in the app can be ended alone; it has its own limit within the team's.
    acme: { plan: 'customers', keys: ['acme-server', { name: 'acme-app', limits: { usd: { month: 5 } } }] },
  },

  // A group of the company's directory is a team. Choose a claim that people cannot set themselves.
  signIn: {
    issuer: 'https://login.example.com',
    audience: 'company-llm',
    claim: 'groups',
    teams: { 'llm-engineering': 'engineering' },
  },

  alarms: { email: 'llm-operators@example.com' },
  waf: true,
  cors: { origins: ['https://chat.example.com'] },
  tags: { CostCenter: '4711' },
  logRetentionDays: 90,
});
