import type { Limits } from '@org/contract';
import {
  type Changes,
  type LimitName,
  limitNames,
  limitsInForce,
  maxOf,
  type Raise,
  withMax,
} from '@org/table';
import { AdminError } from '../admin-error.ts';
import { writeChanges } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import { checkLimits } from '../keys/create-key.ts';
import { limitNameText, limitText } from '../limits-text.ts';
import { configWithPlans } from '../plans/plans.ts';
import { type FoundSubject, findSubject, type LimitSubject } from './subject.ts';

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
}

/**
 * Changes limits of a team, a key, or a person, a customer or a model of a team, without a deployment. Calls follow within 60
 * seconds. A deployment does not undo it.
 *
 * @throws {AdminError} If there is no such team, key or model, a raise is not higher or is over already, or a limit cannot hold.
 * @example
 * await changeLimits(deployment, { team: 'acme' }, { action: 'raise', limits: { usd: { day: 50 } }, until: tonight });
 */
export async function changeLimits(
  deployment: Deployment,
  of: LimitSubject,
  change: LimitsChange,
): Promise<ChangedLimits> {
  const subject = await findSubject(deployment, of);
  const config = await configWithPlans(deployment);
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
    checkLimits(config, subject, to);
    limits = { from, to };
    const end = until === undefined ? undefined : { until: new Date(until).toISOString() };
    return {
      changes,
      record: { action: `limits ${change.action}`, from: { limits: from }, to: { limits: to, ...end } },
    };
  });
  return { subject, changed, ...limits };
}

function changedBy(
  change: LimitsChange,
  present: Changes,
  { team, key, scope, base }: FoundSubject,
  now: number,
): Changes {
  // What is over goes with the next change.
  const raises = (present.raises ?? []).filter(({ until }) => now < until * 1000);
  const others = (names: readonly LimitName[]) =>
    raises.filter((raise) => !names.some((name) => isSame(name, raise)));
  if (change.action === 'clear') {
    const cleared = change.only ?? limitNames;
    return { ...present, limits: without(present.limits, cleared), raises: others(cleared) };
  }
  const { limits } = change;
  const named = namesIn(limits);
  const replaced = { ...present, limits: merged(present.limits, limits), raises: others(named) };
  if (change.action === 'set') return replaced;

  const unraised = limitsInForce(base, { ...present, raises: others(named) }, now);
  const inForce = limitsInForce(base, present, now);
  for (const name of named) {
    const max = maxOf(unraised, name) ?? null;
    const raised = maxOf(inForce, name) ?? null;
    const wanted = maxOf(limits, name) ?? null;
    const refused = { team, key, scope, limit: limitNameText(name), wanted };
    if (max === null) throw new AdminError('nothing_to_raise', refused);
    // The same as before with another end is a raise too.
    if (wanted !== null && (wanted <= max || raised === null || wanted < raised)) {
      const inForceText = raised === null ? 'lifted' : limitText(name, raised);
      throw new AdminError('not_a_raise', { ...refused, present: inForceText });
    }
  }
  const { until } = change;
  if (until === undefined) return replaced;
  const added = named.map(
    (name): Raise => ({ ...name, max: maxOf(limits, name) ?? null, until: Math.floor(until / 1000) }),
  );
  return { ...present, raises: [...others(named), ...added] };
}

function namesIn(limits: Limits | undefined): readonly LimitName[] {
  return limitNames.filter((name) => maxOf(limits, name) !== undefined);
}

function isSame(one: LimitName, other: LimitName): boolean {
  return one.limit === other.limit && one.period === other.period;
}

function merged(limits: Limits | undefined, changed: Limits): Limits {
  return namesIn(changed).reduce((all, name) => withMax(all, name, maxOf(changed, name)), limits ?? {});
}

/** Undefined if no limit is left. */
function without(limits: Limits | undefined, names: readonly LimitName[]): Limits | undefined {
  const left = namesIn(limits).filter((each) => !names.some((name) => isSame(name, each)));
  return left.length === 0
    ? undefined
    : left.reduce<Limits>((all, name) => withMax(all, name, maxOf(limits, name)), {});
}
