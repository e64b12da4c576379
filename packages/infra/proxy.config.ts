import { defineProxyConfig } from './src/config/config.ts';

/** What is deployed: who may ask which models, and how much. Change it, then deploy again. */
export default defineProxyConfig({
  // The stack is bedrock-proxy-dev; the API answers below https://{api}/dev.
  name: 'bedrock-proxy',
  stage: 'dev',
  region: 'us-east-1',

  // Who gets a mail when something is wrong, and more of the kind: docs/operations.md.
  // alarms: { email: 'operators@example.com' },

  // Aliases of the catalogue (docs/models.md). The function may call these models and no others.
  models: ['titan', 'llama', 'nova-lite', 'nova-pro', 'titan-embed-v2'],

  plans: {
    // For trying it out. The limits hold exactly, for a team over all its keys; the quota is API Gateway's own, for
    // each key and best effort, and counts refused requests too. It is far higher, so that anyone who reaches a limit
    // sees the numbers, however often they try again.
    starter: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 10_000, period: 'MONTH' },
      models: ['titan', 'llama', 'nova-lite', 'titan-embed-v2'],
      limits: { requests: { month: 100 }, tokens: { month: 500_000 }, usd: { month: 0.25 } },
    },
    // For daily work: more requests and larger models, but few at once and answers of at most 2,048 tokens.
    research: {
      throttle: { rate: 5, burst: 10 },
      quota: { limit: 10_000, period: 'DAY' },
      models: ['titan', 'llama', 'nova-lite', 'nova-pro', 'titan-embed-v2'],
      maxTokens: 2048,
      limits: {
        requests: { day: 800, month: 10_000 },
        tokens: { day: 1_000_000, month: 10_000_000 },
        usd: { day: 5, month: 50 },
      },
    },
  },

  // API Gateway makes the value of every key; read it with `aws apigateway get-api-key --include-value`.
  teams: {
    toll: { plan: 'starter', keys: ['tollmkey'] },
    research: { plan: 'research', keys: ['research-key'] },
  },
});
