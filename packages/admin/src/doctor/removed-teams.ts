import type { ProxyConfig } from '@org/infra/config';
import { AdminError } from '../admin-error.ts';
import type { ClientSettings } from '../aws/endpoints.ts';
import { type Deployment, openDeployment } from '../deployment.ts';
import { listTeams } from '../teams/teams.ts';
import { type Finding, unknown, warning } from './finding.ts';

/** Finds what is left at run time of teams that the config no longer has: a deployment ends it. */
export async function checkRemovedTeams(
  settings: ClientSettings,
  config: ProxyConfig,
  now: number,
): Promise<Finding[]> {
  let deployment: Deployment | undefined;
  try {
    deployment = await openDeployment(
      config,
      () => settings,
      () => now,
    );
    const teams = await listTeams(deployment);
    return teams.flatMap(({ name, plan }) => (plan === undefined ? [removed(name)] : []));
  } catch (cause) {
    const first =
      cause instanceof AdminError && (cause.is('no_such_stack') || cause.is('stack_lacks_output'));
    if (first) return [];
    return [unknown({ check: 'teams' }, cause, 'dynamodb:Query and dynamodb:BatchGetItem on the table')];
  } finally {
    deployment?.close();
  }
}

function removed(team: string): Finding {
  return warning(
    { check: 'team', of: team },
    'has left the config, so that its keys made at run time are refused, or was deleted half way',
    { kind: 'delete_team', team },
  );
}
