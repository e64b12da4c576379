import type { LimitKind, LimitPeriod, LimitStatus, Limits } from '@org/contract';
import { limitStatuses, type Scope } from '@org/lambda/ledger/admission';
import { amountsOf, unitOf } from '@org/lambda/ledger/amounts';
import { type Counters, InconsistentCounters, readCounters } from '@org/lambda/ledger/counters';
import { type Moment, momentOf } from '@org/lambda/ledger/moment';
import { countersKey, type Item } from '@org/table';
import type { Deployment } from './deployment.ts';
import { listKeys } from './keys/keys.ts';
import { listTeams, requireTeam, type Team } from './teams/teams.ts';

/** Requests, tokens and USD. */
export type Used = Readonly<Record<LimitKind, number>>;

/** What a team, or a key with limits of its own, has used. */
export interface Usage {
  readonly team: string;
  readonly plan: string | undefined;
  /** Of a key with limits of its own. */
  readonly key?: string | undefined;
  /** Whether its plan counts at all. */
  readonly counted: boolean;
  /** Its counters contradict themselves, so that nothing of them is said here, and no call is let through on them. */
  readonly inconsistent?: boolean;
  /** The day is left out for a month that is over, and both where nothing was counted. */
  readonly used: { readonly [Period in LimitPeriod]?: Used };
  /** How the limits stand; of a month that is over, those by the month. */
  readonly limits: readonly LimitStatus[];
}

export interface UsageReport {
  readonly deployment: string;
  /** `2026-11`. */
  readonly month: string;
  /** `2026-11-22`; undefined for a month that is over. */
  readonly day: string | undefined;
  readonly usage: readonly Usage[];
}

export interface UsageQuery {
  /** `2026-11`. Default: the present one. */
  readonly month?: string | undefined;
  /** One team, with its keys that have their own limits. Default: all teams. */
  readonly team?: string | undefined;
  /** Whether keys that have their own limits are in the report of all teams too, each after its team. Default: false. */
  readonly keys?: boolean | undefined;
}

interface Subject extends Pick<Usage, 'team' | 'plan' | 'key' | 'counted'> {
  readonly scope: Scope;
}

/** Reads what was used from the counters that decide about calls, by the clock of this machine. */
export async function usageReport(deployment: Deployment, query: UsageQuery): Promise<UsageReport> {
  const { table, now, name } = deployment;
  const at = now();
  const present = momentOf(at);
  const month = query.month ?? present.month;
  const over = month !== present.month;
  const moment = over ? momentOf(Date.parse(`${month}-01T00:00:00Z`)) : present;
  const periods: readonly LimitPeriod[] = over ? ['month'] : ['day', 'month'];

  const subjects = await subjectsOf(deployment, query);
  const items = await table.getAll(subjects.map(({ scope }) => countersKey(scope, month)));
  const usage = subjects.map(({ scope, ...subject }, index): Usage => {
    const item = items[index];
    const counters = consistent(item ?? {}, moment);
    if (!counters) return { ...subject, inconsistent: true, used: {}, limits: [] };
    // A team that was on a plan that counts has counters of that time.
    const known = subject.counted || item ? periods : [];
    return {
      ...subject,
      used: Object.fromEntries(known.map((period) => [period, usedIn(counters, period)])),
      limits: limitStatuses(counters, scope, moment).filter(({ period }) =>
        periods.some((reported) => reported === period),
      ),
    };
  });
  return { deployment: name, month, day: over ? undefined : `${month}-${present.day}`, usage };
}

function consistent(item: Item, moment: Moment): Counters | undefined {
  try {
    return readCounters(item, moment);
  } catch (error) {
    if (error instanceof InconsistentCounters) return undefined;
    throw error;
  }
}

async function subjectsOf(deployment: Deployment, { team, keys = team !== undefined }: UsageQuery) {
  const teams = team === undefined ? await listTeams(deployment) : [await requireTeam(deployment, team)];
  const ofKeys = keys ? await keySubjects(deployment) : [];
  return teams.flatMap((each) => [
    teamSubject(deployment, each),
    ...ofKeys.filter(({ team: owner }) => owner === each.name),
  ]);
}

/** Keys that have their own limits. One that took over from another counts where that one did, and stands for both. */
async function keySubjects(deployment: Deployment): Promise<Subject[]> {
  const byCounter = new Map(
    (await listKeys(deployment)).flatMap((key): [string, Subject][] => {
      const { name, id, team, plan, limits, countedAs = id } = key;
      if (!limits || countedAs === undefined) return [];
      const scope: Scope = { kind: 'key', id: countedAs, limits };
      return [[countedAs, { team, plan, key: name, counted: true, scope }]];
    }),
  );
  return [...byCounter.values()];
}

function teamSubject({ config }: Deployment, { name, plan }: Team): Subject {
  const limits: Limits | undefined = config.plans[plan ?? '']?.limits;
  const scope: Scope = { kind: 'team', id: name, limits: limits ?? {} };
  return { team: name, plan, counted: limits !== undefined, scope };
}

function usedIn({ committed }: Counters, period: LimitPeriod): Used {
  return amountsOf((kind) => committed[period][kind] / unitOf[kind]);
}
