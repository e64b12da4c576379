import type { ProxyConfig } from '@org/infra/config';
import type { Deployment } from '../deployment.ts';
import { listKeys } from '../keys/keys.ts';
import type { KeyLimits } from './replay.ts';

/** The keys of a deployment with their own limits, by id: as a config says them, or the table for keys made at run time. */
export async function keyLimitsUnder(
  deployment: Deployment,
  config: ProxyConfig,
): Promise<ReadonlyMap<string, KeyLimits>> {
  const keys = await listKeys({ ...deployment, config });
  return new Map(
    keys.flatMap(({ id, limits, countedAs }): [string, KeyLimits][] =>
      id === undefined || !limits ? [] : [[id, { limits, countedAs }]],
    ),
  );
}
