import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addLimitsChange } from './limits-change.ts';
import { addLimitsList } from './limits-list.ts';

const about = `
Changes need no deployment, and no deployment undoes them. They take up to 60 seconds, and are recorded: see audit.
`;

export function addLimits(program: Command, cli: Cli): void {
  const limits = program
    .command('limits')
    .description('change limits at run time: of a team, a key, a person, a customer or a model')
    .addHelpText('after', about);
  for (const add of [addLimitsList, addLimitsChange]) add(limits, cli);
}
