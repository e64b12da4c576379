import { type ProxyConfig, requestLogGroupOf } from '@org/infra/config';
import { dateOf, momentOf } from '@org/lambda/ledger/moment';
import { Logs } from '../aws/logs.ts';
import { concurrently } from '../concurrently.ts';
import { checkDays, type Days, dayAfter, daysIn, logTimeOf } from '../days.ts';
import type { Deployment } from '../deployment.ts';
import type { LoggedDeployment } from '../usage-breakdown.ts';
import { type DayLog, readDay } from './day-log.ts';
import { dearest, inOrder, type Summary, summaryOf } from './summary.ts';

export interface DayStatistics extends Summary {
  /** `2026-11-22`. */
  readonly day: string;
  /** Whether the log has every call of it, so that it does not change any more. */
  readonly isOver: boolean;
}

export interface StatisticsQuery extends Days {
  /** Default: all teams. */
  readonly team?: string | undefined;
  /** How many teams stand apart; the others are added up. Default: all. */
  readonly apart?: number | undefined;
}

export interface StatisticsReport extends StatisticsQuery, Summary {
  readonly deployment: string;
  /** Decides when days begin. */
  readonly timeZone: string;
  /** The first day of which the log still has every line. */
  readonly keptFrom: string;
  /** Days to come, and those that the log has forgotten, are left out. */
  readonly days: readonly DayStatistics[];
  /** Bytes of the log that CloudWatch searched for this report, and bills: about 0.005 USD per GB. */
  readonly searchedBytes: number;
}

/** The parts of a deployment that statistics are made of. */
export interface CountedDeployment extends LoggedDeployment, Pick<Deployment, 'now'> {
  readonly config: LoggedDeployment['config'] & Pick<ProxyConfig, 'logRetentionDays'>;
}

export interface StatisticsOptions {
  /** How long what is known of a day that is not over is good enough, in milliseconds. Default: 0. */
  readonly freshMs?: number | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

/** A line can be found some seconds after it was written; on a bad day, minutes. */
const foundAfterMs = 15 * 60 * 1000;

/** Over a year. */
const mostKeptDays = 400;

interface KeptDay {
  readonly askedAt: number;
  readonly isOver: boolean;
  readonly log: Promise<DayLog>;
}

/**
 * Statistics of calls by day and team, from the function's log. Keep it as long as you ask: a day that is over is searched,
 * and billed, once; a day that is not over again at each question, and at most every {@link StatisticsOptions.freshMs}.
 *
 * What API Gateway refuses does not come to the function, and is not in it: unknown keys, its throttle and its quota.
 *
 * @example
 * const statistics = new Statistics(deployment, { freshMs: 60_000 });
 * const { days, total } = await statistics.over(daysOfMonth('2026-11'));
 */
export class Statistics {
  readonly #deployment: CountedDeployment;
  readonly #freshMs: number;
  readonly #kept = new Map<string, KeptDay>();

  constructor(deployment: CountedDeployment, { freshMs = 0 }: StatisticsOptions = {}) {
    this.#deployment = deployment;
    this.#freshMs = freshMs;
  }

  /** @throws {AdminError} If the days are not days, there is no log, AWS gives up a query, or there can be no such team. */
  async over(query: StatisticsQuery): Promise<StatisticsReport> {
    checkDays(query);
    const { name, config, endpoints, now } = this.#deployment;
    const { timeZone } = config;
    const at = now();
    const forgotten = dateOf(momentOf(at - config.logRetentionDays * dayMs, timeZone));
    const today = dateOf(momentOf(at, timeZone));
    const days = daysIn(query).filter((day) => day >= forgotten && day <= today);
    const logs = new Logs(endpoints('cloudwatch_logs'));
    try {
      let searchedBytes = 0;
      const read = await concurrently(days, async (day) => {
        const known = this.#known(day, query.team, at);
        const { isOver, log } = known ?? this.#ask(logs, day, query.team, at);
        const found = await log;
        if (!known) searchedBytes += found.searchedBytes;
        return { day, isOver, log: found };
      });
      const whole = summaryOf(
        read.map(({ log }) => log),
        dearest(query.apart),
      );
      const order = whole.teams.map(({ team }) => team);
      return {
        ...query,
        deployment: name,
        timeZone,
        keptFrom: dayAfter(forgotten),
        ...whole,
        days: read.map(({ day, isOver, log }) => ({ day, isOver, ...summaryOf([log], inOrder(order)) })),
        searchedBytes,
      };
    } finally {
      logs.close();
    }
  }

  #known(day: string, team: string | undefined, at: number): KeptDay | undefined {
    const kept = this.#kept.get(placeOf(day, team));
    return kept && (kept.isOver || at - kept.askedAt < this.#freshMs) ? kept : undefined;
  }

  #ask(logs: Logs, day: string, team: string | undefined, at: number): KeptDay {
    const { config } = this.#deployment;
    const { timeZone } = config;
    const place = placeOf(day, team);
    const asked: KeptDay = {
      askedAt: at,
      isOver: logTimeOf({ from: day, to: day }, timeZone).to + foundAfterMs <= at,
      log: readDay(logs, requestLogGroupOf(config), { day, team, timeZone }),
    };
    // Asked again next time.
    asked.log.catch(() => {
      if (this.#kept.get(place) === asked) this.#kept.delete(place);
    });
    this.#kept.delete(place);
    this.#kept.set(place, asked);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKeptDays && oldest !== undefined) this.#kept.delete(oldest);
    return asked;
  }
}

function placeOf(day: string, team: string | undefined): string {
  return JSON.stringify([day, team]);
}
