import type { QuotaDefinition } from '../template/usage-plans.ts';

const dayMs = 86_400_000;

/** What was used of a quota. */
export interface QuotaState {
  /** Milliseconds since 1970. */
  readonly periodStart: number;
  readonly used: number;
  /** Whether it is the period of the key's first request. */
  readonly first: boolean;
}

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
  #state: QuotaState | undefined;

  /** @param state What was used of it before. Default: nothing. */
  constructor(definition: QuotaDefinition, state?: QuotaState) {
    this.#definition = definition;
    this.#state = state;
  }

  /** Undefined before the first request. */
  get state(): QuotaState | undefined {
    return this.#state;
  }

  /** Changes the quota. What was used in the period stays counted. */
  change(definition: QuotaDefinition): void {
    this.#definition = definition;
  }

  /** Admits a request at `now` (milliseconds) and counts it, or answers false. */
  take(now: number): boolean {
    const { limit, offset, period } = this.#definition;
    const state = this.#at(periodStart(period, now));
    if (state.used >= (state.first ? limit - offset : limit)) return false;
    this.#state = { ...state, used: state.used + 1 };
    return true;
  }

  /** A clock that goes back does not reopen an old period. */
  #at(periodStart: number): QuotaState {
    if (this.#state && periodStart <= this.#state.periodStart) return this.#state;
    return { periodStart, used: 0, first: this.#state === undefined };
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
