import { limitsText, listPlans, type PlanRecord } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { renderTable } from '../output/table.ts';

const examples = ({ program }: Invocation) => `
Examples:
  ${program} plans list
  ${program} plans list --json
`;

const columns = [
  { head: 'plan' },
  { head: 'from' },
  { head: 'teams', align: 'right' as const },
  { head: 'limits' },
  { head: 'models' },
];

export function addPlansList(plans: Command, cli: Cli): void {
  plans
    .command('list')
    .description('the plans of the config, and those made at run time')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ json }: { json?: boolean }) => {
      const records = await listPlans(await cli.deployment());
      cli.terminal.print(json ? JSON.stringify(records, null, 2) : renderTable(columns, records.map(rowOf)));
    });
}

const states = {
  ready: 'run time',
  incomplete: 'run time, not finished',
  'handed-over': 'run time, until the next deployment',
} as const;

function rowOf({ name, source, plan, teams, state }: PlanRecord): string[] {
  const limits = (plan.limits && limitsText(plan.limits)) || 'none';
  const from = source === 'config' ? 'config' : states[state ?? 'ready'];
  return [name, from, String(teams.length), limits, plan.models.join(', ')];
}
