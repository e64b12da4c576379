import type { Plan } from '@org/infra/config';
import type { Deployment } from '../deployment.ts';
import { listTeams } from '../teams/teams.ts';
import { listStoredPlans } from './stored-plan.ts';

/** A plan that teams can be on. */
export interface PlanRecord {
  readonly name: string;
  readonly source: 'config' | 'run-time';
  readonly plan: Plan;
  /** The teams that are on it. */
  readonly teams: readonly string[];
  /**
   * Only of a plan made at run time. `incomplete`: the command that makes it, or deletes it, has not finished. `handed-over`: the
   * config has a plan of the name by now, and that one counts.
   */
  readonly state?: 'ready' | 'incomplete' | 'handed-over' | undefined;
}

/** The plans of the config, then those made at run time, each in the order of their names. */
export async function listPlans(deployment: Deployment): Promise<PlanRecord[]> {
  const { config, table } = deployment;
  const [stored, teams] = await Promise.all([listStoredPlans(table), listTeams(deployment)]);
  const teamsOn = (plan: string) => teams.flatMap((team) => (team.plan === plan ? [team.name] : []));
  const deployed = Object.entries(config.plans).map(
    ([name, plan]): PlanRecord => ({ name, source: 'config', plan, teams: teamsOn(name) }),
  );
  const made = stored.map(({ name, plan, usagePlan, closing }): PlanRecord => {
    const isOver = Object.hasOwn(config.plans, name);
    const isReady = usagePlan !== undefined && !closing;
    const state = isOver ? 'handed-over' : isReady ? 'ready' : 'incomplete';
    return { name, source: 'run-time', plan, teams: isOver ? [] : teamsOn(name), state };
  });
  return [...deployed.toSorted((one, other) => (one.name < other.name ? -1 : 1)), ...made];
}
