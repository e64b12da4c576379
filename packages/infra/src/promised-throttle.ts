import type { Throttle } from './config.ts';

/** The parts of a config that promise requests to keys. */
interface Promising {
  readonly plans: Readonly<Record<string, { readonly throttle: Throttle }>>;
  readonly teams: Readonly<Record<string, { readonly plan: string; readonly keys: readonly unknown[] }>>;
}

/** What all keys together were promised. */
export function promisedThrottle({ plans, teams }: Promising): Throttle {
  let rate = 0;
  let burst = 0;
  for (const { plan, keys } of Object.values(teams)) {
    rate += (plans[plan]?.throttle.rate ?? 0) * keys.length;
    burst += (plans[plan]?.throttle.burst ?? 0) * keys.length;
  }
  return { rate, burst };
}
