import type { QuotaDefinition } from '../template/usage-plans.ts';

const dayMs = 86_400_000;

/**
 * A quota of one API key: `limit` requests in each period, `offset` fewer in the first one, which is the period of the
 * key's first request.
 *
 * AWS does not document when a period begins. Periods here follow the UTC calendar, with weeks from Monday. The offset
 * is as in the API reference.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
 */
export class Quota {
  #definition: QuotaDefinition;
  #periodStart: number | undefined;
  #used = 0;

  constructor(definition: QuotaDefinition) {
    this.#definition = definition;
  }

  /** Changes the quota. What was used in the period stays counted. */
  change(definition: QuotaDefinition): void {
    this.#definition = definition;
  }

  /** Admits a request at `now` (milliseconds) and counts it, or answers false. */
  take(now: number): boolean {
    const { limit, offset, period } = this.#definition;
    const start = periodStart(period, now);
    if (this.#periodStart === undefined) {
      this.#used = offset;
      this.#periodStart = start;
    } else if (start > this.#periodStart) {
      // A clock that goes back does not reopen an old period.
      this.#used = 0;
      this.#periodStart = start;
    }
    if (this.#used >= limit) return false;
    this.#used += 1;
    return true;
  }
}

/** The first millisecond of the period that contains `now`. */
export function periodStart(period: QuotaDefinition['period'], now: number): number {
  const date = new Date(now);
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  switch (period) {
    case 'DAY':
      return day;
    case 'WEEK':
      return day - ((date.getUTCDay() + 6) % 7) * dayMs;
    case 'MONTH':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
}
