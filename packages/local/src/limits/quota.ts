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
  readonly #definition: QuotaDefinition;
  #periodStart: number | undefined;
  #remaining = 0;

  constructor(definition: QuotaDefinition) {
    this.#definition = definition;
  }

  /** Admits a request at `now` (milliseconds) and counts it, or answers false. */
  take(now: number): boolean {
    this.#open(periodStart(this.#definition.period, now));
    if (this.#remaining < 1) {
      return false;
    }
    this.#remaining -= 1;
    return true;
  }

  /** A clock that goes back does not reopen an old period. */
  #open(start: number): void {
    const { limit, offset } = this.#definition;
    if (this.#periodStart === undefined) {
      this.#remaining = limit - offset;
      this.#periodStart = start;
    } else if (start > this.#periodStart) {
      this.#remaining = limit;
      this.#periodStart = start;
    }
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
