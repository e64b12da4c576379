import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { comparePrices, type PriceComparison, type UnlistedPrice } from '@org/admin';
import { findConfigFile, type ProxyConfig } from '@org/infra/config';
import type { Command } from 'commander';
import type { Cli, GlobalOptions } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { refuseLocal } from '../on-aws-only.ts';
import { renderTable } from '../output/table.ts';
import { importOf, pricesFileOf, readPricesFile, writePricesFile } from '../prices-file.ts';

const about = ({ program }: Invocation) => `
Compares AWS's Price List for the models and the Region of the config with the deployment's prices: "prices" of the
config, else the catalogue. In USD per million tokens. Changes nothing. Exits with 1 if something differs.

With --write, the prices that differ go into a file beside the config, such as proxy.prices.json, which the config
imports; no other file changes. The list has public prices, without your account's discounts.

Examples:
  ${program} prices
  ${program} prices --write
  ${program} prices --json | jq '.differences[]'
`;

export function addPrices(program: Command, cli: Cli): void {
  program
    .command('prices')
    .description("compare prices with AWS's Price List, and adopt them")
    .option('--write', 'write the differences into a file that the config imports')
    .option('--json', 'print JSON')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ write, json }: { write?: boolean; json?: boolean }) => {
      refuseLocal(program);
      const { terminal } = cli;
      const config = await cli.config();
      const comparison = await comparePrices(config, cli.awsSettings(config.region));
      const { differences, unlisted, compared } = comparison;
      if (json) {
        terminal.print(JSON.stringify({ region: config.region, compared, differences, unlisted }, null, 2));
      } else {
        if (compared > 0) terminal.print(describe(comparison, config));
        if (unlisted.length > 0) terminal.note(unlisted.map(unlistedText).join('\n'));
      }
      if (compared === 0) {
        throw new CliError(
          `Nothing was compared: the list has none of the models of the config in ${config.region}.`,
          'Compare by hand: https://aws.amazon.com/bedrock/pricing/',
        );
      }
      if (differences.length === 0) return;
      if (!write) {
        throw new CliError(
          `${differences.length === 1 ? 'One rate differs' : `${differences.length} rates differ`} from AWS's Price List.`,
          ({ command }) => `Adopt them: ${command('prices --write')}`,
        );
      }
      await takeOver(comparison, config, program.opts<GlobalOptions>().config, cli);
    });
}

/** Writes the differences into the file beside the config. */
async function takeOver(
  { prices }: PriceComparison,
  config: ProxyConfig,
  named: string | undefined,
  { terminal, now }: Cli,
): Promise<void> {
  const configFile = findConfigFile(named);
  const file = pricesFileOf(configFile);
  const earlier = await readPricesFile(file);
  const isOfRegion = earlier?.region === config.region;
  const isByHand = (alias: string) =>
    config.prices?.[alias] !== undefined && !isDeepStrictEqual(config.prices[alias], earlier?.prices[alias]);
  const byHand = Object.keys(prices).filter(isByHand);
  const taken = Object.entries(prices).filter(([alias]) => !isByHand(alias));
  if (taken.length > 0) {
    const date = new Date(now()).toISOString().slice(0, 10);
    const content = { ...(isOfRegion ? earlier.prices : {}), ...Object.fromEntries(taken) };
    await writePricesFile(file, {
      source: 'AWS Price List',
      ...{ region: config.region, date, prices: content },
    });
    terminal.note(`Wrote ${file}: ${taken.map(([alias]) => alias).join(', ')}.`);
    if (earlier && !isOfRegion) {
      terminal.note(`Its prices for ${earlier.region} are gone. Compare again: other models may differ now.`);
    }
    if (!(await readFile(configFile, 'utf8')).includes(basename(file))) {
      const [statement, field] = importOf(file);
      terminal.note(
        `The config does not import the file yet. Add at its top:\n  ${statement}\nand beside "models":\n  ${field}`,
      );
    }
    terminal.note('They apply from the next deployment on.');
  }
  if (byHand.length > 0) {
    const given = Object.fromEntries(byHand.map((alias) => [alias, prices[alias]]));
    throw new CliError(
      `The config itself sets ${byHand.map((alias) => `prices.${alias}`).join(', ')}, so that was not changed.`,
      `Remove it from the config and run this again, or set it to: ${JSON.stringify(given)}`,
    );
  }
}

function describe({ compared, differences }: PriceComparison, { region, prices }: ProxyConfig): string {
  const models = compared === 1 ? 'one model' : `${compared} models`;
  if (differences.length === 0) return `AWS's Price List has the same for ${models} in ${region}.`;
  const columns = [
    { head: 'alias' },
    { head: 'rate' },
    { head: 'yours', align: 'right' },
    { head: 'from' },
    { head: 'aws', align: 'right' },
  ] as const;
  const rows = differences.map(({ alias, rate, own, listed }) => [
    alias,
    rate,
    own === undefined ? '-' : String(own),
    prices?.[alias] ? 'config' : 'catalogue',
    String(listed),
  ]);
  return `USD per million tokens in ${region}; the list has ${models} of the config.\n\n${renderTable(columns, rows)}`;
}

function unlistedText({ alias, reason, names }: UnlistedPrice): string {
  const named = names.map((name) => `"${name}"`).join(' or ');
  switch (reason) {
    case 'no_name':
      return `${alias}: not compared; its name in the list is not known.`;
    case 'no_rows':
      return `${alias}: not compared; the list has no ${named} for this kind of call in the Region.`;
    case 'no_length':
      return `${alias}: the list has higher rates for long input, but not the token count where they start. Set prices.${alias}.longContext yourself.`;
    case 'incomplete':
      return `${alias}: not compared; the list lacks input or output of ${named}, and no other price is known.`;
  }
}
