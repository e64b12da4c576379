import { checkModelAccess, type DescribedAccess, type DescribedModel, describeModels } from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';
import { renderTable } from '../output/table.ts';
import type { Style, Terminal } from '../terminal.ts';

const examples = ({ program }: Invocation) => `
The aliases that callers use, their models in the Region of the config, and USD per million tokens. Prices are
estimates; AWS's bill decides. --json has what each model can do.

With --access, asks Bedrock in that Region whether each model is still there and the account may call it, as doctor does.

Examples:
  ${program} models
  ${program} models --access
  ${program} models --json | jq '.[] | select(.lifecycle.status != "active")'
`;

export function addModels(program: Command, cli: Cli): void {
  program
    .command('models')
    .description('the models of the deployment, with lifecycle and price')
    .option('--access', 'also whether the account may call them')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ access, json }: { access?: boolean; json?: boolean }) => {
      if (access) refuseLocal(program);
      const { terminal, now } = cli;
      const config = await cli.config();
      const models = describeModels(config, now());
      const checked = access
        ? await checkModelAccess(config, cli.awsSettings(config.region), now())
        : undefined;
      const accessOf = (model: DescribedModel) => checked?.find(({ alias }) => alias === model.alias);
      if (json) {
        const all = models.map((model) => ({ ...model, ...(checked && { access: accessOf(model) }) }));
        terminal.print(JSON.stringify(all, null, 2));
        return;
      }
      const columns = [
        { head: 'alias' },
        { head: 'model' },
        { head: 'usd in', align: 'right' },
        { head: 'usd out', align: 'right' },
        { head: 'plans' },
        { head: 'lifecycle' },
        ...(checked ? [{ head: 'access' }] : []),
      ] as const;
      const rows = models.map((model) => {
        const { alias, modelId, price, plans, lifecycle } = model;
        const { text, style } = lifecycleText(lifecycle);
        return [
          alias,
          modelId,
          price ? String(price.input) : '?',
          price ? String(price.output) : '?',
          plans.join(', ') || '-',
          style ? terminal.paint(style, text) : text,
          accessText(accessOf(model), terminal),
        ];
      });
      terminal.print(renderTable(columns, rows));
      for (const { alias, what, whatToDo } of checked ?? []) {
        if (whatToDo !== undefined) terminal.note(`\n${alias}: ${what}\n  ${whatToDo}`);
      }
    });
}

function accessText(checked: DescribedAccess | undefined, terminal: Terminal): string {
  if (!checked) return '';
  const styles = { yes: 'green', maybe: 'yellow', no: 'red' } as const;
  return terminal.paint(styles[checked.access], checked.access);
}

function lifecycleText(lifecycle: DescribedModel['lifecycle']): { text: string; style?: Style } {
  switch (lifecycle.status) {
    case 'active':
      return { text: 'active' };
    case 'legacy': {
      const { endOfLife, daysLeft = 0 } = lifecycle;
      return daysLeft > 0
        ? { text: `legacy, ends ${endOfLife}, in ${daysLeft}d`, style: 'yellow' }
        : { text: `ended ${endOfLife}`, style: 'red' };
    }
    case 'end-of-life':
      return { text: `ended ${lifecycle.since}`, style: 'red' };
  }
}
