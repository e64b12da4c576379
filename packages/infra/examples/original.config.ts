import { defineProxyConfig } from '../src/config/config.ts';

/**
 * The deployment of the Python proxy that this one grew from, number for number: one key, 100 requests a month, 100 a
 * second and 200 at once. Try it with `npm start -- --config packages/infra/examples/original.config.ts`.
 *
 * The quota is API Gateway's own: best effort, and refused requests use it up too. The offset takes two requests from
 * the first month, as AWS documents it. `proxy.config.ts` has the same 100 a month as an exact limit.
 */
export default defineProxyConfig({
  name: 'original',
  stage: 'dev',
  region: 'us-east-1',
  models: ['titan', 'llama'],
  plans: {
    starter: {
      throttle: { rate: 100, burst: 200 },
      quota: { limit: 100, period: 'MONTH', offset: 2 },
      models: ['titan', 'llama'],
    },
  },
  teams: { toll: { plan: 'starter', keys: ['tollmkey'] } },
});
