import type { Throttle } from '../template/throttle.ts';

/**
 * API Gateway's throttle: a bucket of `burst` tokens, refilled at `rate` per second. Each request takes one token.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export class TokenBucket {
  readonly #limits: Throttle;
  #tokens: number;
  #refilledAt: number | undefined;

  /** A bucket starts full. */
  constructor(limits: Throttle) {
    this.#limits = limits;
    this.#tokens = limits.burst;
  }

  /** Whether a request would be admitted at `now` (milliseconds). Takes no token. */
  has(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= 1;
  }

  /** Admits a request at `now` (milliseconds) and takes its token, or answers false. */
  take(now: number): boolean {
    if (!this.has(now)) {
      return false;
    }
    this.#tokens -= 1;
    return true;
  }

  /** A clock that goes back neither adds nor removes tokens. */
  #refill(now: number): void {
    const elapsed = Math.max(0, now - (this.#refilledAt ?? now));
    this.#tokens = Math.min(this.#limits.burst, this.#tokens + (elapsed / 1000) * this.#limits.rate);
    this.#refilledAt = Math.max(now, this.#refilledAt ?? now);
  }
}
