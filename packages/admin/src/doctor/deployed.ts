import type { ProxyConfig } from '@org/infra/config';
import { AdminError } from '../admin-error.ts';
import type { ClientSettings } from '../aws/endpoints.ts';
import { concurrently } from '../concurrently.ts';
import { type Deployment, openDeployment } from '../deployment.ts';
import { listLimits } from '../limits/list-limits.ts';
import { limitsText } from '../limits-text.ts';
import { checkedPlan } from '../plans/plans.ts';
import { listStoredPlans } from '../plans/stored-plan.ts';
import { listTeams } from '../teams/teams.ts';
import { type Finding, ok, type Subject, unknown, warning } from './finding.ts';

/** Compares the config with its deployment, and says what the next deployment ends or cannot do. */
export async function checkDeployed(
  settings: ClientSettings,
  config: ProxyConfig,
  now: number,
  stack: string,
): Promise<Finding[]> {
  let deployment: Deployment | undefined;
  try {
    deployment = await openDeployment(
      config,
      () => settings,
      () => now,
      stack,
    );
    return [
      ...(await checkRemovedTeams(deployment)),
      ...(await checkMovedKeys(deployment)),
      ...(await changedLimits(deployment)),
      ...(await checkRunTimePlans(deployment)),
    ];
  } catch (cause) {
    const first =
      cause instanceof AdminError && (cause.is('no_such_stack') || cause.is('stack_lacks_output'));
    if (first) return [];
    return [unknown({ check: 'teams' }, cause, 'dynamodb:Query and dynamodb:BatchGetItem on the table')];
  } finally {
    deployment?.close();
  }
}

/** Finds run-time keys and data of teams that left the config: a deployment ends their keys. */
async function checkRemovedTeams(deployment: Deployment): Promise<Finding[]> {
  const teams = await listTeams(deployment);
  return teams.flatMap(({ name, plan }) =>
    plan === undefined
      ? [
          warning(
            { check: 'team', of: name },
            'is no longer in the config, so its keys made at run time are refused; or its deletion stopped half way',
            { kind: 'delete_team', team: name },
          ),
        ]
      : [],
  );
}

/**
 * Names the teams and keys whose limits an operator changed at run time, and people, customers and models in them: a deployment
 * does not change them.
 */
async function changedLimits(deployment: Deployment): Promise<Finding[]> {
  const records = await listLimits(deployment, { members: true });
  return records.flatMap(({ team, key, scope, base, set, raises, inForce }) => {
    if (set === undefined && raises.length === 0) return [];
    const of = 'team' in scope ? `${scope.id} of ${team}` : (key ?? team);
    const subject: Subject = { check: scope.kind, of };
    const text = (limits: typeof base) => (limits && limitsText(limits)) || 'no limits';
    return [ok(subject, `has ${text(inForce)}, changed at run time; without the change: ${text(base)}`)];
  });
}

/** Finds plans made at run time that the config no longer allows, or that it has by now. */
async function checkRunTimePlans({ config, table }: Deployment): Promise<Finding[]> {
  const stored = await listStoredPlans(table);
  return stored.map(({ name, plan }) => {
    const subject: Subject = { check: 'plan', of: name };
    if (Object.hasOwn(config.plans, name)) {
      const what = 'was made at run time too: the config comes first, and a deployment moves the keys on it';
      return ok(subject, what);
    }
    try {
      checkedPlan(config, name, plan);
      return ok(subject, 'was made at run time');
    } catch (error) {
      if (!(error instanceof AdminError && error.is('invalid_plan'))) throw error;
      const faults = error.data.issues.map(({ path, message }) => `${path} ${message}`).join('; ');
      return warning(subject, `was made at run time, and does not fit the config: ${faults}`, {
        kind: 'change_plan',
        plan: name,
      });
    }
  });
}

/**
 * Finds deployed keys that the config puts on another plan. CloudFormation would put a key into the new plan before it leaves the
 * old one, which API Gateway refuses.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
async function checkMovedKeys({ config, configKeyIds, plans }: Deployment): Promise<Finding[]> {
  const deployed = Object.values(config.teams).flatMap(({ plan, keys }) =>
    keys.flatMap(({ name }) => {
      const id = configKeyIds.get(name);
      return id === undefined ? [] : [{ name, id, plan }];
    }),
  );
  const subject = (name: string): Subject => ({ check: 'key', of: name });
  try {
    const present = await concurrently(deployed, ({ id }) => plans.planOf(id));
    return deployed.flatMap(({ name, plan }, index) => {
      const deployedPlan = present[index];
      return deployedPlan === undefined || deployedPlan === plan
        ? []
        : [
            warning(
              subject(name),
              `is deployed on the plan ${deployedPlan}, but the config says ${plan}, and CloudFormation cannot move it`,
              `Change the limits of the plan ${deployedPlan}, or give the team a key with a new name, which gets a new value.`,
            ),
          ];
    });
  } catch (cause) {
    return deployed
      .slice(0, 1)
      .map(({ name }) => unknown(subject(name), cause, 'apigateway:GET on /usageplans'));
  }
}
