import { type AuthoredPlan, defineProxyConfig } from '@org/infra/config';

/** Key, throttle and quota are on, and high enough for any machine. */
const open: AuthoredPlan<'llama' | 'claude-haiku-4.5'> = {
  throttle: { rate: 10_000, burst: 5000 },
  quota: { limit: 1_000_000_000, period: 'MONTH' },
  models: ['llama', 'claude-haiku-4.5'],
};

/** One key for which the ledger counts nothing, and one with six limits that are never reached. */
export const config = defineProxyConfig({
  name: 'bench',
  stage: 'dev',
  region: 'us-east-1',
  models: ['llama', 'claude-haiku-4.5'],
  plans: {
    unlimited: open,
    limited: {
      ...open,
      limits: {
        requests: { day: 1_000_000_000, month: 10_000_000_000 },
        tokens: { day: 100_000_000_000, month: 1_000_000_000_000 },
        usd: { day: 1_000_000, month: 10_000_000 },
      },
    },
  },
  teams: {
    unlimited: { plan: 'unlimited', keys: ['unlimited-key'] },
    limited: { plan: 'limited', keys: ['limited-key'] },
  },
});

export type KeyName = 'unlimited-key' | 'limited-key';
