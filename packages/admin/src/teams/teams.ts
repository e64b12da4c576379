import { type Item, listOf, planKey, TeamItem, teamKey, teamListKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import type { Deployment } from '../deployment.ts';
import { ensureSignInKey } from '../keys/sign-in-keys.ts';
import { checkName } from '../name.ts';
import { configWithPlans } from '../plans/plans.ts';
import { readPlan } from '../plans/stored-plan.ts';
import type { Write } from '../table.ts';

/** A team and its plan, from the config or the table. */
export type Team = ConfigTeam | TableTeam;

interface ConfigTeam {
  readonly name: string;
  readonly plan: string;
  readonly source: 'config';
  readonly createdAt?: undefined;
}

interface TableTeam {
  readonly name: string;
  /**
   * Undefined if the team was removed and left something: it was deleted half way, or left the config.
   * Delete the team to remove the rest.
   */
  readonly plan?: string | undefined;
  readonly source: 'run-time';
  /** ISO 8601. */
  readonly createdAt?: string | undefined;
}

/** The teams of the config, then those made at run time, each in the order of their names. */
export async function listTeams({ config, table }: Deployment): Promise<Team[]> {
  const fromConfig = Object.entries(config.teams).map(
    ([name, { plan }]): Team => ({ name, plan, source: 'config' }),
  );
  const names = (await table.query(listOf.teams))
    .map(({ sk }) => sk?.S ?? '')
    // A team that was put into the config later is the config's.
    .filter((name) => !Object.hasOwn(config.teams, name));
  const profiles = await table.getAll(names.map(teamKey));
  const made = names.map((name, index) => teamOf(name, profiles[index]));
  return [...fromConfig.toSorted((a, b) => (a.name < b.name ? -1 : 1)), ...made];
}

/** @returns Undefined if there is no such team, and no remains of one. */
export async function findTeam({ config, table }: Deployment, name: string): Promise<Team | undefined> {
  const deployed = Object.hasOwn(config.teams, name) ? config.teams[name] : undefined;
  if (deployed) return { name, plan: deployed.plan, source: 'config' };
  const [profile, listed] = await table.getAll([teamKey(name), teamListKey(name)]);
  return profile || listed ? teamOf(name, profile) : undefined;
}

/** A team that was not removed. */
export type PlannedTeam = Team & { readonly plan: string };

/** @throws {AdminError} If there is no such team. */
export async function requireTeam(deployment: Deployment, name: string): Promise<Team> {
  const team = await findTeam(deployment, name);
  if (!team) throw new AdminError('no_such_team', { team: name, stack: deployment.name });
  return team;
}

/** @throws {AdminError} If there is no such team, or it was removed. */
export async function plannedTeam(deployment: Deployment, name: string): Promise<PlannedTeam> {
  const { plan, ...team } = await requireTeam(deployment, name);
  if (plan === undefined) throw new AdminError('team_was_removed', { team: name });
  return { ...team, plan };
}

/**
 * A team that keys can be made for.
 *
 * @throws {AdminError} If there is no such team, it was removed, or its plan is gone.
 */
export async function usableTeam(deployment: Deployment, name: string): Promise<PlannedTeam> {
  const team = await plannedTeam(deployment, name);
  if (Object.hasOwn((await configWithPlans(deployment)).plans, team.plan)) return team;
  throw new AdminError('plan_is_gone', { plan: team.plan, team: name });
}

/**
 * Finds what a team that joins a plan depends on.
 *
 * @returns The writes to add to the one that puts the team on it: a plan made at run time cannot be deleted meanwhile.
 * @throws {AdminError} If there is no such plan, or it cannot be joined now.
 */
export async function checkPlan(deployment: Deployment, plan: string): Promise<Write[]> {
  if (Object.hasOwn(deployment.config.plans, plan)) return [];
  const stored = await readPlan(deployment.table, plan);
  if (!stored) {
    const { plans } = await configWithPlans(deployment);
    throw new AdminError('no_such_plan', { plan, plans: Object.keys(plans) });
  }
  if (stored.closing || stored.usagePlan === undefined) throw new AdminError('plan_is_incomplete', { plan });
  return [{ kind: 'check', key: planKey(plan), condition: { closing: undefined } }];
}

/** @throws {AdminError} If the config has the team, or the name is not allowed. */
export function checkNewTeam({ config }: Deployment, name: string): void {
  checkName(name, 'team');
  if (Object.hasOwn(config.teams, name)) throw new AdminError('team_is_of_config', { team: name });
}

/**
 * Makes a team; does nothing if it exists with this plan.
 *
 * @returns Whether it is new.
 * @throws {AdminError} If the name is not allowed, there is no such plan, the team exists with another plan, or an earlier team left
 *   remains: its keys would come back with the name.
 */
export async function createTeam(deployment: Deployment, name: string, plan: string): Promise<boolean> {
  const { config, table, now } = deployment;
  checkNewTeam(deployment, name);
  const joining = await checkPlan(deployment, plan);
  const present = await findTeam(deployment, name);
  if (present && present.plan === undefined) throw new AdminError('team_was_removed', { team: name });
  const createdAt = new Date(now()).toISOString();
  const created = await table.transact([
    { kind: 'put', key: teamKey(name), attributes: { plan, createdAt }, condition: 'absent' },
    // With it, so that a command that deletes the plan finds the team.
    { kind: 'put', key: teamListKey(name), attributes: {} },
    ...joining,
    await recordOf(deployment, { action: 'teams create', team: name, to: { plan } }),
  ]);
  const found = created ? plan : (await findTeam(deployment, name))?.plan;
  if (found === undefined) throw new AdminError('plan_is_incomplete', { plan });
  if (found !== plan) throw new AdminError('team_exists', { team: name, plan: found, wanted: plan });
  if (config.signIn) await ensureSignInKey(deployment, name, plan);
  return created;
}

function teamOf(name: string, profile: Item | undefined): Team {
  return { name, ...TeamItem.parse(profile ?? {}), source: 'run-time' };
}
