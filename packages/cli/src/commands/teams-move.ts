import { moveTeam } from '@org/admin';
import { installation } from '@org/installation';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';

const examples = ({ program }: Invocation) => `
The keys stay the same. Earlier usage counts towards the limits of the new plan. Each key is refused for
a moment while it moves between usage plans. If the command stops half way, run it again.

To move a team of the config, edit the config; see ${installation.documents}/keys.md.

Example:
  ${program} teams move acme research
`;

export function addTeamsMove(teams: Command, cli: Cli): void {
  teams
    .command('move')
    .description('put a team and its keys on another plan')
    .argument('<team>', 'name of the team')
    .argument('<plan>', 'a plan of the config, or one made at run time')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async (name: string, plan: string) => {
      const keys = await moveTeam(await cli.deployment(), name, plan);
      cli.terminal.note(
        `The team ${name} in ${await cli.target()} and its keys (${keys}) are on the plan ${plan}. The new limits apply within 60 seconds.`,
      );
    });
}
