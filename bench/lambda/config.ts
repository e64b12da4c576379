import { type AuthoredPlan, defineProxyConfig } from '@org/infra/config';

const open: AuthoredPlan<'llama'> = {
  throttle: { rate: 100, burst: 200 },
  quota: { limit: 1000, period: 'DAY' },
  models: ['llama'],
};

/** One key with nothing counted, and one with six limits that are never reached. */
export const config = defineProxyConfig({
  name: 'bench',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama'],
  plans: {
    unlimited: open,
    limited: {
      ...open,
      limits: {
        requests: { day: 1_000_000, month: 10_000_000 },
        tokens: { day: 1_000_000_000, month: 10_000_000_000 },
        usd: { day: 100_000, month: 1_000_000 },
      },
    },
  },
  teams: {
    unlimited: { plan: 'unlimited', keys: ['unlimited-key'] },
    limited: { plan: 'limited', keys: ['limited-key'] },
  },
});
