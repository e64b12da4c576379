import { compareCosts, configWarnings, costStatement, countText, limitsText } from '@org/admin';
import { type Limits, limitKinds } from '@org/contract';
import { ConfigError, loadProxyConfig, type ProxyConfig, stackNameOf } from '@org/infra/config';
import { aliasOf, definitionOf, type Lifecycle, locateModel, type ModelLocation, priceIn } from '@org/models';
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import { readCostStatement } from '../cost-file.ts';
import type { Invocation } from '../invocation.ts';
import { costMarkdown, describeCost, describeCostChange } from '../output/cost-statement.ts';
import { describeFindings, findingText } from '../output/findings.ts';
import { renderTable } from '../output/table.ts';

const about = ({ program }: Invocation) => `
Lists the faults, each with its field and what to do. Exits with 1 if there is a fault; a warning is not one. Reports
the most that the models can cost per month, by team; with --against, what a change does to it. Needs no network and no
AWS account.

Examples:
  ${program} config check
  ${program} config check prod.config.ts
  ${program} config check --json | jq '.issues[] | .path'
  ${program} config check --json > before.json       on the base branch, and then on the branch of a change:
  ${program} config check --against before.json --markdown > comment.md
`;

interface Options {
  readonly against?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export function addConfigCheck(config: Command, cli: Cli): void {
  config
    .command('check')
    .description('report the faults of a config, or summarize it')
    .argument('[file]', 'the config (default: the one of --config)')
    .option(
      '--against <file>',
      'another config, or what --json printed of it, to compare the most a month can cost',
    )
    .option('--json', 'print JSON')
    .option('--markdown', 'print only what a month can cost, as a comment for a pull request')
    .addHelpText('after', () => about(cli.invocation))
    .action(async (file: string | undefined, { against, json, markdown }: Options, command: Command) => {
      const { terminal, invocation } = cli;
      try {
        const named = file ?? command.optsWithGlobals<GlobalOptions>().config;
        const checked = await loadProxyConfig(named);
        // Seconds to import, which no other fault waits for.
        const { checkDeploymentSize } = await import('@org/infra/deployment-size');
        checkDeploymentSize(checked);
        const warnings = configWarnings(checked, cli.now());
        const cost = costStatement(checked);
        const change =
          against === undefined ? undefined : compareCosts(await readCostStatement(against), cost);
        const summary = {
          valid: true,
          warnings: warnings.map((finding) => findingText(finding, invocation)),
          ...summaryOf(checked),
          cost,
          ...(change && { costChange: change }),
        };
        if (json) terminal.print(JSON.stringify(summary, null, 2));
        else if (markdown) terminal.print(costMarkdown(cost, change));
        else {
          const changed = change ? `${describeCostChange(change)}\n\n` : '';
          terminal.print(describe(checked, warnings.length, `${changed}${describeCost(cost)}`));
        }
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
    promptLog: config.promptLog,
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

function describe(config: ProxyConfig, warnings: number, cost: string): string {
  const { stack, region, plans, models } = summaryOf(config);
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
  const good = `The config is good${warnings > 0 ? `, with ${countText(warnings, 'warnings')} below` : ''}`;
  return `${good}: ${stack} in ${region}.\n\n${planTable}\n\n${promptLogText(config)}${cost}\n\nPrices are in USD per million tokens.\n${modelTable}`;
}

/** A line for each kind: all limits of a plan in one would be wider than a terminal. */
function linesOf(limits: Limits = {}): string[] {
  const { callsAtOnce, pace } = limits;
  return [...limitKinds.map((kind) => ({ [kind]: limits[kind], pace })), { callsAtOnce }].flatMap(
    (each) => limitsText(each) || [],
  );
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

/** Says whose prompts are kept, so that it is not overlooked. Limits in USD do not bound what S3 charges for it. */
function promptLogText({ promptLog }: ProxyConfig): string {
  if (!promptLog) return '';
  const { retentionDays, plans } = promptLog;
  const whose = plans ? `of the plans ${plans.join(', ')}` : 'of all plans';
  const days = retentionDays === 1 ? '1 day' : `${retentionDays.toLocaleString('en-US')} days`;
  return `Prompts and answers ${whose} are kept for ${days}. S3's charges for that come on top, and no limit bounds them.\n\n`;
}
