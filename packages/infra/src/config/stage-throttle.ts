import { type Promising, promisedThrottle } from './promised-throttle.ts';
import type { Reference } from './references.ts';
import { higherThrottle, type Throttle } from './throttle.ts';

/**
 * The default throttle for all APIs of an account in a Region.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const accountThrottle: Throttle = { rate: 10_000, burst: 5000 };

/** The parts of a config that say how fast keys may call. */
interface Throttling {
  readonly stageThrottle?: Throttle | undefined;
  readonly plans: Readonly<Record<string, { readonly throttle: Throttle }>>;
}

/**
 * The stage's throttle. By default it never slows a key that keeps to its plan: keys are made at
 * run time too, so only the account's own throttle is known to bound them all.
 */
export function stageThrottleOf(config: Throttling & Promising): Throttle {
  return config.stageThrottle ?? higherThrottle(accountThrottle, promisedThrottle(config));
}

/** The same for a config that may have other faults. */
interface Comparing extends Pick<Throttling, 'stageThrottle'> {
  readonly plans?: Readonly<Record<string, { readonly throttle?: Throttle | undefined }>> | undefined;
}

/** Finds plans that promise one key more than the stage lets through for all keys. */
export function* checkStageThrottle({ stageThrottle, plans = {} }: Comparing): Iterable<Reference> {
  if (!stageThrottle) return;
  for (const [field, unit] of [
    ['rate', 'requests a second'],
    ['burst', 'requests at once'],
  ] as const) {
    const [fastest] = Object.entries(plans)
      .flatMap(([name, { throttle }]) => (throttle ? [{ name, throttle }] : []))
      .toSorted((a, b) => b.throttle[field] - a.throttle[field]);
    if (!fastest) continue;
    const { name, throttle } = fastest;
    if (stageThrottle[field] >= throttle[field]) continue;
    const message =
      `is below the ${throttle[field]} ${unit} that the plan ${name} promises each key; ` +
      `raise it to ${throttle[field]} or lower plans.${name}.throttle.${field}`;
    yield { path: ['stageThrottle', field], message };
  }
}
