import type { LimitKind, LimitPeriod, Limits } from '@org/contract';
import { changesKey, limitsInForce } from '@org/table';
import { changesOf } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import type { FoundSubject } from '../limits/subject.ts';
import { configWithPlans } from '../plans/plans.ts';
import type { Finding } from './finding.ts';
import { checkSizes } from './limit-sizes.ts';
import { limitsWithoutEffect } from './limits-without-effect.ts';

/** What to know of limits that are given at run time. They are in force all the same. */
export interface LimitsReview {
  /** Of a key's own limits, those that are never reached, because those in force of its team are reached before. */
  readonly withoutEffect: Limits | undefined;
  /** Limits that stop every call, many, or none. */
  readonly findings: readonly Finding[];
}

/**
 * Looks at limits of a team, a key or a member of a team that were set at run time.
 *
 * @param limits Undefined: there is nothing to look at.
 * @param nameOf How the findings name a limit. Default: `requests/day`.
 */
export async function reviewLimits(
  deployment: Deployment,
  { team, key, plan, scope }: Omit<FoundSubject, 'base'>,
  limits: Limits | undefined,
  nameOf = (kind: LimitKind, period: LimitPeriod) => `${kind}/${period}`,
): Promise<LimitsReview> {
  if (!limits) return { withoutEffect: undefined, findings: [] };
  const config = await configWithPlans(deployment);
  const ofPlan = config.plans[plan];
  const findings = checkSizes(config, plan, {
    subject: { check: scope.kind, of: key ?? (scope.kind === 'team' ? team : scope.id) },
    limits,
    shards: scope.kind === 'team' ? ofPlan?.shards : undefined,
    nameOf,
  });
  if (scope.kind !== 'key') return { withoutEffect: undefined, findings };
  const changes = changesOf(await deployment.table.get(changesKey({ kind: 'team', id: team })));
  const ofTeam = limitsInForce(ofPlan?.limits, changes, deployment.now());
  return { withoutEffect: limitsWithoutEffect(limits, ofTeam, config.timeZone), findings };
}
