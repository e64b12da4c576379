import { aliasOf, definitionOf, type Lifecycle } from '@org/contract';
import type { Command } from 'commander';
import type { ProxyConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/config-error.ts';
import { loadProxyConfig } from '../../src/config-file.ts';
import { priceIn } from '../../src/config-prices.ts';
import type { Cli, GlobalOptions } from '../cli.ts';
import { stackNameOf } from '../directory/deployment.ts';
import { configWarnings } from '../doctor/config-warnings.ts';
import type { Invocation } from '../invocation.ts';
import { describeFindings } from '../output/findings.ts';
import { limitsText } from '../output/limits-text.ts';
import { renderTable } from '../output/table.ts';

const about = ({ program, silentProgram }: Invocation) => `
Names every fault at once, each with its field and what to do, and ends with 1 where there is one; a warning does not
count as one. Needs neither network nor AWS account.

Examples:
  ${program} config check
  ${program} config check prod.config.ts
  ${silentProgram} config check --json | jq '.issues[] | .path'
`;

export function addConfigCheck(config: Command, cli: Cli): void {
  config
    .command('check')
    .description('say what is wrong with a config, or what it means')
    .argument('[file]', 'the config (default: the one of --config)')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async (file: string | undefined, { json }: { json?: boolean }, command: Command) => {
      const { terminal } = cli;
      try {
        const named = file ?? command.optsWithGlobals<GlobalOptions>().config;
        const checked = await loadProxyConfig(named);
        // Seconds to import, which no other fault waits for.
        const { checkEnvironmentSize } = await import('../../src/environment-size.ts');
        checkEnvironmentSize(checked);
        const warnings = configWarnings(checked, cli.now());
        const summary = { valid: true, warnings, ...summaryOf(checked) };
        terminal.print(json ? JSON.stringify(summary, null, 2) : describe(checked));
        if (warnings.length > 0) terminal.note(`\n${describeFindings(warnings, terminal)}`);
      } catch (error) {
        if (json && error instanceof ConfigError) {
          terminal.print(JSON.stringify({ valid: false, issues: error.issues }, null, 2));
        }
        throw error;
      }
    });
}

function summaryOf(config: ProxyConfig) {
  const teams = Object.entries(config.teams);
  return {
    stack: stackNameOf(config),
    region: config.region,
    plans: Object.entries(config.plans).map(([name, { limits, models }]) => {
      const members = teams.filter(([, { plan }]) => plan === name);
      return {
        name,
        teams: members.length,
        keys: members.flatMap(([, { keys }]) => keys).length,
        limits,
        models,
      };
    }),
    models: config.models.flatMap((model) => {
      const alias = aliasOf(model);
      const definition = definitionOf(model);
      if (!definition) return [];
      const price = priceIn(config, model);
      return [
        {
          alias,
          lifecycle: definition.lifecycle,
          price: price && { input: price.input, output: price.output },
        },
      ];
    }),
  };
}

function describe(config: ProxyConfig): string {
  const { stack, region, plans, models } = summaryOf(config);
  const planTable = renderTable(
    [
      { head: 'plan' },
      { head: 'teams', align: 'right' },
      { head: 'keys', align: 'right' },
      { head: 'limits' },
      { head: 'models' },
    ],
    plans.map(({ name, teams, keys, limits, models: aliases }) => [
      name,
      String(teams),
      String(keys),
      limits ? limitsText(limits) : 'none',
      aliases.join(', '),
    ]),
  );
  const modelTable = renderTable(
    [
      { head: 'model' },
      { head: 'usd in', align: 'right' },
      { head: 'usd out', align: 'right' },
      { head: 'lifecycle' },
    ],
    models.map(({ alias, lifecycle, price }) => [
      alias,
      price ? String(price.input) : '?',
      price ? String(price.output) : '?',
      lifecycleText(lifecycle),
    ]),
  );
  return `The config is good: ${stack} in ${region}.\n\n${planTable}\n\n${modelTable}`;
}

function lifecycleText(lifecycle: Lifecycle): string {
  if (lifecycle.status === 'active') return 'active';
  return lifecycle.status === 'legacy' ? `legacy, ends ${lifecycle.endOfLife}` : `ended ${lifecycle.since}`;
}
