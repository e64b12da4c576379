import { higherThrottle, type Throttle } from './throttle.ts';

/** The parts of a config that promise requests to keys. */
export interface Promising {
  readonly plans: Readonly<Record<string, { readonly throttle: Throttle }>>;
  readonly teams: Readonly<Record<string, { readonly plan: string; readonly keys: readonly unknown[] }>>;
}

/**
 * The total throttle promised to the keys of the config, or to one key of the fastest plan, whichever is more. Any
 * number of keys made at run time come on top.
 */
export function promisedThrottle({ plans, teams }: Promising): Throttle {
  let rate = 0;
  let burst = 0;
  for (const { plan, keys } of Object.values(teams)) {
    rate += (plans[plan]?.throttle.rate ?? 0) * keys.length;
    burst += (plans[plan]?.throttle.burst ?? 0) * keys.length;
  }
  return Object.values(plans)
    .map(({ throttle }) => throttle)
    .reduce(higherThrottle, { rate, burst });
}
