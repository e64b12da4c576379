import type { Limits } from '@org/contract';
import type { ProxyConfig } from '@org/infra/config';
import type { Deployment } from '../deployment.ts';
import { listKeys } from '../keys/keys.ts';
import { listLimits } from '../limits/list-limits.ts';
import { configWithPlans } from '../plans/plans.ts';
import { type KeyLimits, type ReplayOptions, scopeText } from './replay.ts';

/**
 * What a deployment adds to a config that is replayed: the plans made at run time, the limits of keys made at run time, and the
 * limits that operators set. Raises with an end are left out, because they would not outlast the config.
 */
export async function limitsUnder(
  deployment: Deployment,
  config: ProxyConfig,
): Promise<Pick<ReplayOptions, 'config' | 'keys' | 'set'>> {
  const planned = { ...deployment, config };
  const [keys, records] = await Promise.all([listKeys(planned), listLimits(planned, { members: true })]);
  return {
    config: await configWithPlans(planned),
    keys: new Map(
      keys.flatMap(({ id, limits, countedAs }): [string, KeyLimits][] =>
        id === undefined || (!limits && countedAs === undefined) ? [] : [[id, { limits, countedAs }]],
      ),
    ),
    set: new Map(
      records.flatMap(({ scope, set }): [string, Limits][] => (set ? [[scopeText(scope), set]] : [])),
    ),
  };
}
