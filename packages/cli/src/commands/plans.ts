import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addPlansDelete } from './plans-delete.ts';
import { addPlansList } from './plans-list.ts';
import { addPlansShow } from './plans-show.ts';
import { addPlansWrite } from './plans-write.ts';

const about = `
Plans made here need no deployment, and no deployment undoes them. The plans of the config change there, or for one team with
"limits set". Changes take up to 60 seconds, and are recorded: see audit.
`;

export function addPlans(program: Command, cli: Cli): void {
  const plans = program
    .command('plans')
    .description('make and change plans at run time, without a deployment')
    .addHelpText('after', about);
  for (const add of [addPlansList, addPlansShow, addPlansWrite, addPlansDelete]) add(plans, cli);
}
