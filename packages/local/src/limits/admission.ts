import type { Route } from '../template/routes.ts';
import type { Stage } from '../template/stage.ts';
import type { Caller } from './api-key-registry.ts';
import { Quota, type QuotaState } from './quota.ts';
import { TokenBucket } from './token-bucket.ts';

/** Name of an API. */
type Method = Pick<Route, 'method' | 'path'>;

/** Keeps what was used of quotas, by plan and key. */
export interface QuotaStore {
  read(): Record<string, QuotaState> | undefined;
  write(used: Record<string, QuotaState>): void;
}

export type Decision = 'admitted' | 'throttled' | 'quota-exceeded';

/**
 * Usage plans and stage throttles. Each key has its own bucket and quota in a plan. Every method counts
 * towards the quota; a throttled request does not.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export class Admission {
  readonly #stage: Pick<Stage, 'throttle'>;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #quotas = new Map<string, Quota>();
  readonly #store: QuotaStore | undefined;
  readonly #kept: Record<string, QuotaState>;

  /** @param store Default: what is used is lost with this object. */
  constructor(stage: Pick<Stage, 'throttle'>, store?: QuotaStore) {
    this.#stage = stage;
    this.#store = store;
    this.#kept = { ...store?.read() };
  }

  /** Decides on a request at `now` (milliseconds), and counts it if it is admitted. */
  decide(caller: Caller | undefined, method: Method, now: number): Decision {
    const buckets = [...this.#planBuckets(caller), ...this.#stageBuckets(method)];
    if (!buckets.every((bucket) => bucket.has(now))) {
      return 'throttled';
    }
    for (const bucket of buckets) {
      bucket.take(now);
    }
    return this.#takeQuota(caller, now) ? 'admitted' : 'quota-exceeded';
  }

  #planBuckets(caller: Caller | undefined): TokenBucket[] {
    if (caller?.plan.throttle === undefined) return [];
    const { apiKey, plan } = caller;
    const { rate, burst } = caller.plan.throttle;
    // Another throttle of the plan begins with a full bucket.
    return [this.#bucket(`plan ${plan.id} ${apiKey.id} ${rate} ${burst}`, caller.plan.throttle)];
  }

  #stageBuckets({ method, path }: Method): TokenBucket[] {
    const { throttle } = this.#stage;
    return throttle ? [this.#bucket(`stage ${method} ${path}`, throttle)] : [];
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
    const name = `${caller.plan.id} ${caller.apiKey.id}`;
    const quota = this.#quotas.get(name) ?? new Quota(caller.plan.quota, this.#kept[name]);
    this.#quotas.set(name, quota);
    quota.change(caller.plan.quota);
    const taken = quota.take(now);
    if (taken && quota.state) {
      this.#kept[name] = quota.state;
      this.#store?.write(this.#kept);
    }
    return taken;
  }
}
