import type { ProxyConfig } from '@org/infra/config';
import {
  aliasOf,
  definitionOf,
  type Lifecycle,
  locateModel,
  type OfferedModel,
  priceIn,
  priceOf,
} from '@org/models';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { renderTable } from '../output/table.ts';
import type { Style } from '../terminal.ts';

const examples = ({ program }: Invocation) => `
The aliases that callers use, their models in the Region of the config, and USD per million tokens. Prices are
estimates; AWS's bill decides.

Examples:
  ${program} models
  ${program} models --json | jq '.[] | select(.lifecycle.status != "active")'
`;

export function addModels(program: Command, cli: Cli): void {
  program
    .command('models')
    .description('the models of the deployment, with lifecycle and price')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples(cli.invocation))
    .action(async ({ json }: { json?: boolean }) => {
      const { terminal, now } = cli;
      const config = await cli.config();
      const models = config.models.flatMap((model) => describe(model, config));
      if (json) {
        terminal.print(JSON.stringify(models, null, 2));
        return;
      }
      const columns = [
        { head: 'alias' },
        { head: 'model' },
        { head: 'usd in', align: 'right' },
        { head: 'usd out', align: 'right' },
        { head: 'plans' },
        { head: 'lifecycle' },
      ] as const;
      const rows = models.map(({ alias, modelId, price, plans, lifecycle }) => {
        const { text, style } = lifecycleText(lifecycle, now());
        return [
          alias,
          modelId,
          price ? String(price.input) : '?',
          price ? String(price.output) : '?',
          plans.join(', ') || '-',
          style ? terminal.paint(style, text) : text,
        ];
      });
      terminal.print(renderTable(columns, rows));
    });
}

function describe(model: OfferedModel, config: ProxyConfig) {
  const alias = aliasOf(model);
  const definition = definitionOf(model);
  const location = definition && locateModel(definition, config.region, config);
  if (!definition || !location) return [];
  const own = config.prices?.[alias];
  const price = priceIn(config, model);
  return [
    {
      alias,
      modelId: location.modelId,
      /** Regions that may answer; the empty string stands for every commercial Region. */
      regions: location.regions,
      contextTokens: definition.contextTokens,
      maxOutputTokens: definition.maxOutputTokens,
      lifecycle: definition.lifecycle,
      price,
      priceDate: own ? undefined : priceOf(definition, config.region)?.date,
      plans: Object.entries(config.plans).flatMap(([name, { models }]) =>
        models.includes(alias) ? [name] : [],
      ),
    },
  ];
}

function lifecycleText(lifecycle: Lifecycle, now: number): { text: string; style?: Style } {
  switch (lifecycle.status) {
    case 'active':
      return { text: 'active' };
    case 'legacy': {
      const left = Date.parse(lifecycle.endOfLife) - now;
      const days = formatDuration(left).split(' ')[0];
      return left > 0
        ? { text: `legacy, ends ${lifecycle.endOfLife}, in ${days}`, style: 'yellow' }
        : { text: `ended ${lifecycle.endOfLife}`, style: 'red' };
    }
    case 'end-of-life':
      return { text: `ended ${lifecycle.since}`, style: 'red' };
  }
}
