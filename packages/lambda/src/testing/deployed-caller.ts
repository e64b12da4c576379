import { type Caller, type Config, callerOf } from '../config.ts';

/** The caller behind a key of the config, if nothing was changed at run time. */
export function deployedCaller(config: Config, keyId: string): Caller | undefined {
  const key = config.keys.get(keyId);
  const plan = key && config.teams.get(key.team);
  const access = plan === undefined ? undefined : config.plans.get(plan);
  return key && plan !== undefined && access ? callerOf({ keyId, plan, ...key }, access) : undefined;
}
