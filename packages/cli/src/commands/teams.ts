import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addTeamsCreate } from './teams-create.ts';
import { addTeamsDelete } from './teams-delete.ts';
import { addTeamsList } from './teams-list.ts';
import { addTeamsMove } from './teams-move.ts';
import { addTeamsShow } from './teams-show.ts';

const about = `
A team is anyone who gets keys: a department, a customer, an app. Teams of the config are deployed with it; teams made here
need no deployment, and there can be thousands. Every team is on a plan, of the config or made at run time.
`;

export function addTeams(program: Command, cli: Cli): void {
  const teams = program
    .command('teams')
    .description('who may have keys, and on which plan')
    .addHelpText('after', about);
  for (const add of [addTeamsList, addTeamsShow, addTeamsCreate, addTeamsMove, addTeamsDelete])
    add(teams, cli);
}
