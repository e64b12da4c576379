import { amountText, configWarnings, limitsText } from '@org/admin';
import { type Limits, limitKinds } from '@org/contract';
import { ConfigError, loadProxyConfig, type ProxyConfig, stackNameOf } from '@org/infra/config';
import { aliasOf, definitionOf, type Lifecycle, locateModel, type ModelLocation, priceIn } from '@org/models';
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import type { Invocation } from '../invocation.ts';
import { describeFindings, findingText } from '../output/findings.ts';
import { renderTable } from '../output/table.ts';

const about = ({ program }: Invocation) => `
Lists the faults, each with its field and what to do. Exits with 1 if there is a fault; a warning is not one.
Needs no network and no AWS account.

Examples:
  ${program} config check
  ${program} config check prod.config.ts
  ${program} config check --json | jq '.issues[] | .path'
`;

export function addConfigCheck(config: Command, cli: Cli): void {
  config
    .command('check')
    .description('report the faults of a config, or summarize it')
    .argument('[file]', 'the config (default: the one of --config)')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async (file: string | undefined, { json }: { json?: boolean }, command: Command) => {
      const { terminal, invocation } = cli;
      try {
        const named = file ?? command.optsWithGlobals<GlobalOptions>().config;
        const checked = await loadProxyConfig(named);
        // Seconds to import, which no other fault waits for.
        const { checkEnvironmentSize } = await import('@org/infra/environment-size');
        checkEnvironmentSize(checked);
        const warnings = configWarnings(checked, cli.now());
        const summary = {
          valid: true,
          warnings: warnings.map((finding) => findingText(finding, invocation)),
          ...summaryOf(checked),
        };
        terminal.print(json ? JSON.stringify(summary, null, 2) : describe(checked));
        if (warnings.length > 0) terminal.note(`\n${describeFindings(warnings, terminal, invocation)}`);
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
    mostUsdPerMonth: mostUsdPerMonth(config),
    models: config.models.flatMap((model) => {
      const alias = aliasOf(model);
      const definition = definitionOf(model);
      const location = definition && locateModel(definition, config.region, config);
      if (!definition || !location) return [];
      const price = priceIn(config, model);
      return [
        {
          alias,
          modelId: location.modelId,
          /** Regions that may answer; the empty string stands for every commercial Region. */
          regions: location.regions,
          through: location.through,
          lifecycle: definition.lifecycle,
          price: price && { input: price.input, output: price.output },
        },
      ];
    }),
  };
}

/** The most that the models can cost all teams of the config in a month; undefined if a plan does not limit it. */
function mostUsdPerMonth({ plans, teams }: ProxyConfig): number | undefined {
  const most = new Map(Object.entries(plans).map(([name, { limits }]) => [name, limits?.usd?.month]));
  if ([...most.values()].some((max) => typeof max !== 'number')) return undefined;
  return Object.values(teams).reduce((sum, { plan }) => sum + (most.get(plan) ?? 0), 0);
}

function describe(config: ProxyConfig): string {
  const { stack, region, plans, models, mostUsdPerMonth: most } = summaryOf(config);
  const planTable = renderTable(
    [
      { head: 'plan' },
      { head: 'teams', align: 'right' },
      { head: 'keys', align: 'right' },
      { head: 'limits' },
      { head: 'models' },
    ],
    plans.flatMap(({ name, teams, keys, limits, models: aliases }) => {
      const [first = 'none', ...others] = linesOf(limits);
      return [
        [name, String(teams), String(keys), first, aliases.join(', ')],
        ...others.map((line) => ['', '', '', line]),
      ];
    }),
  );
  const modelTable = renderTable(
    [
      { head: 'model' },
      { head: 'usd in', align: 'right' },
      { head: 'usd out', align: 'right' },
      { head: 'lifecycle' },
      { head: 'answered in' },
    ],
    models.map(({ alias, lifecycle, price, ...location }) => [
      alias,
      price ? String(price.input) : '?',
      price ? String(price.output) : '?',
      lifecycleText(lifecycle),
      regionsText(location),
    ]),
  );
  const cost =
    most === undefined
      ? 'The cost of a month has no upper bound: not every plan has a limit in USD per month.'
      : `Models can cost at most ${amountText('usd', most)} per month for the teams of the config, at the prices below. Teams made at run time come on top.`;
  return `The config is good: ${stack} in ${region}.\n\n${planTable}\n\n${cost}\n\nPrices are in USD per million tokens.\n${modelTable}`;
}

/** A line for each kind: all limits of a plan in one would be wider than a terminal. */
function linesOf(limits: Limits = {}): string[] {
  return limitKinds.flatMap((kind) => limitsText({ [kind]: limits[kind] }) || []);
}

/** `us-east-1`, or the profile and the Regions that may answer. */
function regionsText({ modelId, regions, through }: ModelLocation): string {
  if (through !== 'inference-profile') return regions.join(', ');
  const [prefix] = modelId.split('.', 1);
  const which = regions.includes('') ? 'any commercial Region' : regions.join(', ');
  return `${which} (profile ${prefix}.)`;
}

function lifecycleText(lifecycle: Lifecycle): string {
  if (lifecycle.status === 'active') return 'active';
  return lifecycle.status === 'legacy' ? `legacy, ends ${lifecycle.endOfLife}` : `ended ${lifecycle.since}`;
}
