import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '@org/infra/config';
import { planKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import type { Deployment } from '../deployment.ts';
import { checkName } from '../name.ts';
import { checkedPlan, configWithPlans } from './plans.ts';
import { planAttributes, readPlan, type StoredPlan } from './stored-plan.ts';

/** How long another command that makes the same plan may take before it counts as dead. */
const makingLastsMs = 120_000;

/** How often a change is made again to what another operator has just written. */
const attempts = 20;

/**
 * Makes a plan, without a deployment: functions read it within 60 seconds of the first call of a team on it. Does nothing if it
 * exists and says the same. Safe to repeat after a failure.
 *
 * @param authored As a plan of the config, but not checked.
 * @returns Whether it is new.
 * @throws {AdminError} If the name is taken or not allowed, the plan is not valid, or another command is making it.
 * @example
 * await createPlan(deployment, 'gold', { ...config.plans.starter, limits: { usd: { month: 500 } } });
 */
export async function createPlan(deployment: Deployment, name: string, authored: unknown): Promise<boolean> {
  const { config, table, now } = deployment;
  checkName(name, 'plan');
  if (Object.hasOwn(config.plans, name)) throw new AdminError('plan_is_of_config', { plan: name });
  const plan = checkedPlan(config, name, authored);
  const createdAt = new Date(now()).toISOString();
  const key = planKey(name);
  const created = await table.transact([
    { kind: 'put', key, attributes: { ...planAttributes(plan), createdAt, version: 1 }, condition: 'absent' },
    await recordOf(deployment, { action: 'plans create', plan: name, to: plan }),
  ]);
  if (!created) {
    const present = await readPlan(table, name);
    const isSame = present && isDeepStrictEqual(planAttributes(present.plan), planAttributes(plan));
    if (!isSame) throw new AdminError('plan_exists', { plan: name });
    if (present.closing) throw new AdminError('plan_is_incomplete', { plan: name });
    if (present.usagePlan !== undefined) {
      await followGuards(deployment, name);
      return false;
    }
    // The command that made it may have died. One that still runs then finds that this one took over.
    if (Date.parse(present.createdAt) + makingLastsMs > now())
      throw new AdminError('plan_is_being_made', { plan: name });
    const condition = { createdAt: present.createdAt, usagePlan: undefined };
    if (!(await table.update(key, { createdAt }, condition)))
      throw new AdminError('plan_is_being_made', { plan: name });
    await deployment.plans.delete(name);
  }
  const usagePlan = await deployment.plans.create(name, plan);
  if (!(await table.update(key, { usagePlan }, { createdAt, usagePlan: undefined }))) {
    await deployment.plans.discard(usagePlan);
    throw new AdminError('plan_is_being_made', { plan: name });
  }
  await followGuards(deployment, name);
  return created;
}

/**
 * Changes a plan made at run time. Calls follow within 60 seconds; throttle and quota when API Gateway has spread them. If another
 * operator changes it at the same time, the change is made to what that one wrote, so that nothing is lost.
 *
 * @param change Returns the plan that shall be, not checked. Called again after another operator's write.
 * @returns The plan as it was and is, and whether anything is different now.
 * @throws {AdminError} If there is no such plan, it is the config's, or it would not be valid.
 */
export async function setPlan(
  deployment: Deployment,
  name: string,
  change: (present: Plan) => unknown,
): Promise<{ readonly from: Plan; readonly to: Plan; readonly changed: boolean }> {
  const { config, table } = deployment;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { plan: from, version, closing } = await requireStoredPlan(deployment, name);
    if (closing) throw new AdminError('plan_is_incomplete', { plan: name });
    const to = checkedPlan(config, name, change(from));
    const attributes = planAttributes(to);
    const changed = !isDeepStrictEqual(attributes, planAttributes(from));
    const done =
      !changed ||
      (await table.transact([
        {
          kind: 'update',
          key: planKey(name),
          attributes: { ...attributes, version: version + 1 },
          condition: { version, closing: undefined },
        },
        await recordOf(deployment, { action: 'plans set', plan: name, from, to }),
      ]));
    if (!done) continue;
    // Also if nothing changed: an earlier attempt may have ended before this.
    await followGuards(deployment, name);
    return { from, to, changed };
  }
  throw new AdminError('changed_by_others', { subject: name });
}

/** @throws {AdminError} If there is no such plan, or it is the config's. */
export async function requireStoredPlan({ config, table }: Deployment, name: string): Promise<StoredPlan> {
  if (Object.hasOwn(config.plans, name)) throw new AdminError('plan_is_of_config', { plan: name });
  const stored = await readPlan(table, name);
  if (stored) return stored;
  const { plans } = await configWithPlans({ config, table });
  throw new AdminError('no_such_plan', { plan: name, plans: Object.keys(plans) });
}

/** Gives API Gateway the throttle and quota of a plan: of several commands at once, the last one the newest. */
async function followGuards({ table, plans }: Deployment, name: string): Promise<void> {
  let followed: number | undefined;
  for (;;) {
    const stored = await readPlan(table, name);
    if (stored?.usagePlan === undefined || stored.version === followed) return;
    await plans.change(stored.usagePlan, stored.plan);
    followed = stored.version;
  }
}
