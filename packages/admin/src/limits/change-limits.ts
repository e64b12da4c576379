import { type LimitKind, type LimitPeriod, type Limits, limitKinds, limitPeriods } from '@org/contract';
import { type Changes, changesKey, limitsInForce, type Raise } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { changesOf, writeChanges } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import { limitsWithoutEffect } from '../doctor/limits-without-effect.ts';
import { checkLimits } from '../keys/create-key.ts';
import { limitText } from '../limits-text.ts';
import { type FoundSubject, findSubject, type LimitSubject } from './subject.ts';

/** One limit, without its amount. */
export interface LimitName {
  readonly limit: LimitKind;
  readonly period: LimitPeriod;
}

/** A change of limits. `null` is no limit. */
export type LimitsChange =
  /** From now on, in place of the config's. */
  | { readonly action: 'set'; readonly limits: Limits }
  /** A higher limit, from now on or up to a moment: milliseconds since 1970. */
  | { readonly action: 'raise'; readonly limits: Limits; readonly until?: number | undefined }
  /** Back to the limits of the config, or to those that the key was made with. Default: all limits. */
  | { readonly action: 'clear'; readonly only?: readonly LimitName[] | undefined };

export interface ChangedLimits {
  readonly subject: FoundSubject;
  /** Whether anything is different now. */
  readonly changed: boolean;
  /** The limits that were in force. Undefined: nothing was counted. */
  readonly from: Limits | undefined;
  readonly to: Limits | undefined;
  /** Of a key's own limits, those that are never reached, because its team's are reached before. Undefined: none. */
  readonly withoutEffect: Limits | undefined;
}

/**
 * Changes limits of a team or a key, without a deployment. Calls follow within 60 seconds. A deployment does not undo it.
 *
 * @throws {AdminError} If there is no such team or key, a raise is not higher or is over already, or a limit cannot hold.
 * @example
 * await changeLimits(deployment, { team: 'acme' }, { action: 'raise', limits: { usd: { day: 50 } }, until: tonight });
 */
export async function changeLimits(
  deployment: Deployment,
  of: LimitSubject,
  change: LimitsChange,
): Promise<ChangedLimits> {
  const subject = await findSubject(deployment, of);
  const now = deployment.now();
  const until = change.action === 'raise' ? change.until : undefined;
  if (until !== undefined && until <= now) {
    throw new AdminError('end_is_over', { end: new Date(until).toISOString() });
  }
  let limits: Pick<ChangedLimits, 'from' | 'to'> = { from: undefined, to: undefined };
  const changed = await writeChanges(deployment, subject, (present) => {
    const changes = changedBy(change, present, subject, now);
    const from = limitsInForce(subject.base, present, now);
    const to = limitsInForce(subject.base, changes, now);
    checkLimits(deployment, subject.team, subject.plan, {
      name: subject.key ?? subject.team,
      limits: to,
    });
    limits = { from, to };
    const end = until === undefined ? undefined : { until: new Date(until).toISOString() };
    return {
      changes,
      record: { action: `limits ${change.action}`, from: { limits: from }, to: { limits: to, ...end } },
    };
  });
  return { subject, changed, ...limits, withoutEffect: await withoutEffect(deployment, subject, limits.to) };
}

async function withoutEffect(
  { config, now, table }: Deployment,
  { team, key, plan }: FoundSubject,
  own: Limits | undefined,
): Promise<Limits | undefined> {
  if (key === undefined || !own) return undefined;
  const changes = changesOf(await table.get(changesKey({ kind: 'team', id: team })));
  const ofTeam = limitsInForce(config.plans[plan]?.limits, changes, now());
  return limitsWithoutEffect(own, ofTeam, config.timeZone);
}

function changedBy(change: LimitsChange, present: Changes, { base }: FoundSubject, now: number): Changes {
  // What is over goes with the next change.
  const raises = (present.raises ?? []).filter(({ until }) => now < until * 1000);
  if (change.action === 'clear') {
    const cleared = change.only ?? allNames;
    return {
      ...present,
      limits: without(present.limits, cleared, change.only === undefined),
      raises: raises.filter((raise) => !cleared.some((name) => isSame(name, raise))),
    };
  }
  const named = namesIn(change.limits);
  const others = raises.filter((raise) => !named.some((name) => isSame(name, raise)));
  if (change.action === 'set')
    return { ...present, limits: merged(present.limits, change.limits), raises: others };

  const { limits, until } = change;
  const inForce = limitsInForce(base, { ...present, raises: others }, now);
  for (const { limit, period } of named) {
    const max = inForce?.[limit]?.[period] ?? null;
    const wanted = limits[limit]?.[period] ?? null;
    if (max === null) throw new AdminError('nothing_to_raise', { limit: `${limit}/${period}` });
    if (wanted !== null && wanted <= max)
      throw new AdminError('not_a_raise', { present: limitText(limit, max, period) });
  }
  if (until === undefined) return { ...present, limits: merged(present.limits, limits), raises: others };
  const added = named.map(
    ({ limit, period }): Raise => ({
      limit,
      period,
      max: limits[limit]?.[period] ?? null,
      until: Math.floor(until / 1000),
    }),
  );
  return { ...present, raises: [...others, ...added] };
}

const allNames: readonly LimitName[] = limitKinds.flatMap((limit) =>
  limitPeriods.map((period) => ({ limit, period })),
);

function namesIn(limits: Limits): LimitName[] {
  return allNames.filter(({ limit, period }) => limits[limit]?.[period] !== undefined);
}

function isSame(one: LimitName, other: LimitName): boolean {
  return one.limit === other.limit && one.period === other.period;
}

function merged(limits: Limits | undefined, changed: Limits): Limits {
  const result: Limits = { ...limits };
  for (const limit of limitKinds) {
    if (changed[limit]) result[limit] = { ...result[limit], ...changed[limit] };
  }
  if (changed.callsAtOnce !== undefined) result.callsAtOnce = changed.callsAtOnce;
  return result;
}

/** Undefined if no limit is left. */
function without(
  limits: Limits | undefined,
  names: readonly LimitName[],
  everything: boolean,
): Limits | undefined {
  if (everything) return undefined;
  const result: Limits = {};
  if (limits?.callsAtOnce !== undefined) result.callsAtOnce = limits.callsAtOnce;
  for (const { limit, period } of namesIn(limits ?? {})) {
    if (names.some((name) => isSame(name, { limit, period }))) continue;
    result[limit] = { ...result[limit], [period]: limits?.[limit]?.[period] };
  }
  return Object.keys(result).length > 0 ? result : undefined;
}
