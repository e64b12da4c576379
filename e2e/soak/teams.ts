import { defineProxyConfig, type ProxyConfig } from '@org/infra/config';

/** A team of the soak. */
export interface SoakTeam {
  readonly name: string;
  readonly plan: string;
  /** Whether its faults can leave the bill or the write unknown. */
  readonly stormy: boolean;
  readonly keys: readonly string[];
}

/** Teams that are made at run time. Those with limits are few, so that most requests go all the way. */
export const teams: readonly SoakTeam[] = [
  ...Array.from({ length: 24 }, (_, index) => team('open', index, index % 2 === 1)),
  ...['requests', 'tokens', 'usd'].flatMap((plan) => [team(plan, 0, false), team(plan, 1, true)]),
  team('hasty', 0, false),
  team('brief', 0, false),
];

/** The teams that never reach a limit. */
export const openTeams = teams.filter(({ plan }) => plan === 'open');

function team(plan: string, index: number, stormy: boolean): SoakTeam {
  const name = `${plan}-${stormy ? 'stormy' : 'clear'}-${index}`;
  return { name, plan, stormy, keys: [`${name}-a`, `${name}-b`] };
}

/** The share of the requests for teams that are not open. */
export const limitedShare = 0.15;

/** The deployment. Most limits are set so that the teams of their plans reach them about halfway through a month. */
export function soakConfig(requests: number): ProxyConfig {
  // The gateway's clock passes the end of a month, and each of these teams has an eighth of the share.
  const enough = Math.max(4, Math.round((requests * limitedShare) / 8 / 2 / 2));
  const open = {
    throttle: { rate: 10_000, burst: 10_000 },
    quota: { limit: 100_000_000, period: 'MONTH' },
    models: ['llama', 'titan'],
  } as const;
  return defineProxyConfig({
    name: 'soak',
    stage: 'dev',
    region: 'us-east-1',
    models: [
      'llama',
      'titan',
      {
        alias: 'imported',
        upstream: 'invoke',
        format: 'llama',
        modelId: 'arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123def456',
        maxOutputTokens: 2048,
        lifecycle: { status: 'active' },
      },
    ],
    plans: {
      open: {
        ...open,
        models: ['llama', 'titan', 'imported'],
        limits: { requests: { day: 1e8 }, tokens: { day: 1e10, month: 1e11 } },
      },
      requests: { ...open, limits: { requests: { day: enough } } },
      tokens: { ...open, limits: { tokens: { month: enough * 45 + 300 } } },
      usd: { ...open, limits: { usd: { month: (enough * 20 + 300) / 1e6 } } },
      hasty: { ...open, throttle: { rate: 1, burst: 2 }, limits: {} },
      brief: { ...open, quota: { limit: Math.ceil(enough / 2), period: 'MONTH' }, limits: {} },
    },
    teams: { deployed: { plan: 'open', keys: ['deployed-key'] } },
  });
}

/** The soak that runs as a test. */
export const shortSoak = { requests: 400, seed: 7, callers: 8, rounds: 3 } as const;
