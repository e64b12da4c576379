import type { Api } from '../template/api.ts';
import type { Route } from '../template/routes.ts';
import type { ApiKey, UsagePlan } from '../template/usage-plans.ts';
import { Quota } from './quota.ts';
import { TokenBucket } from './token-bucket.ts';

/** An enabled key, with the one plan of this stage that it is in. */
export interface Caller {
  readonly apiKey: ApiKey;
  readonly plan: UsagePlan;
}

export type Decision = 'admitted' | 'throttled' | 'quota-exceeded';

/**
 * Usage plans and stage throttles. Each key has its own buckets and its own quota; every method counts towards the
 * quota; a throttled request does not.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export class Admission {
  readonly #callers: ReadonlyMap<string, Caller>;
  readonly #api: Pick<Api, 'stage'>;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #quotas = new Map<string, Quota>();

  constructor(api: Pick<Api, 'apiKeys' | 'usagePlans' | 'stage'>) {
    this.#api = api;
    this.#callers = new Map(
      api.apiKeys.flatMap((apiKey) => {
        const plan = api.usagePlans.find(({ keys }) => keys.has(apiKey.id));
        return apiKey.enabled && plan !== undefined ? [[apiKey.value, { apiKey, plan }] as const] : [];
      }),
    );
  }

  /** Who sends this key; undefined for a key that is missing, unknown, disabled, or in no plan of this stage. */
  identify(value: string | undefined): Caller | undefined {
    return value === undefined ? undefined : this.#callers.get(value);
  }

  /** Decides on a request at `now` (milliseconds), and counts it if it is admitted. */
  decide(caller: Caller | undefined, route: Route, now: number): Decision {
    const buckets = [...this.#planBuckets(caller, route), ...this.#stageBuckets(route)];
    if (!buckets.every((bucket) => bucket.has(now))) {
      return 'throttled';
    }
    for (const bucket of buckets) {
      bucket.take(now);
    }
    return this.#takeQuota(caller, now) ? 'admitted' : 'quota-exceeded';
  }

  #planBuckets(caller: Caller | undefined, route: Route): TokenBucket[] {
    if (caller === undefined) {
      return [];
    }
    const { apiKey, plan } = caller;
    const method = `${route.path}/${route.method}`;
    const methodThrottle = plan.methodThrottles[method];
    return [
      ...(methodThrottle ? [this.#bucket(`method ${apiKey.id} ${method}`, methodThrottle)] : []),
      ...(plan.throttle ? [this.#bucket(`plan ${apiKey.id}`, plan.throttle)] : []),
    ];
  }

  #stageBuckets(route: Route): TokenBucket[] {
    const throttle = this.#api.stage.throttleOf(route.method, route.path);
    return throttle ? [this.#bucket(`stage ${route.method} ${route.path}`, throttle)] : [];
  }

  #bucket(name: string, limits: { rate: number; burst: number }): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(limits);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  #takeQuota(caller: Caller | undefined, now: number): boolean {
    if (caller?.plan.quota === undefined) {
      return true;
    }
    const quota = this.#quotas.get(caller.apiKey.id) ?? new Quota(caller.plan.quota);
    this.#quotas.set(caller.apiKey.id, quota);
    return quota.take(now);
  }
}
