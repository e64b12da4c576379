import { costStatement, createPlan, limitsText, requirePlan, setPlan } from '@org/admin';
import { amountText, parseJson } from '@org/contract';
import type { Plan } from '@org/infra/config';
import { believedForMs, limitsInForce } from '@org/table';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { parseLimits, repeated } from '../limits-option.ts';
import { readTextFile } from '../text-file.ts';

const createExamples = ({ program }: Invocation) => `
The plan is as in the config: throttle, quota, models, maxTokens, clampMaxTokens, limits, limitsPerPerson, limitsPerCustomer,
limitsPerModel, and a guardrail that a plan of the config has too.

Examples:
  ${program} plans create gold --like starter --limit usd/month=500 --limit requests/day=none
  ${program} plans create cheap --like starter --models nova-lite,nova-micro
  ${program} plans create silver --from silver.json
  ${program} teams create acme --plan gold
`;

const setExamples = ({ program }: Invocation) => `
With --from, the file takes the place of the whole plan. "plans show" writes one.

Examples:
  ${program} plans set gold --limit usd/month=800
  ${program} plans set gold --from gold.json
`;

interface Options {
  readonly from?: string;
  readonly like?: string;
  readonly limit?: readonly string[];
  readonly models?: string;
  readonly json?: boolean;
}

export function addPlansWrite(plans: Command, cli: Cli): void {
  const withChanges = (command: Command) =>
    command
      .option('--from <file>', 'a JSON file of the whole plan')
      .option(
        '--limit <limit>',
        'a limit of each team on it, such as usd/day=20 or callsAtOnce=5, or usd/day=none for no limit; may be repeated',
        repeated,
      )
      .option('--models <aliases>', 'its models, with commas between')
      .option('--json', 'print JSON');

  withChanges(plans.command('create').description('make a plan').argument('<plan>', 'name of the plan'))
    .option('--like <plan>', 'begin with a copy of this plan')
    .addHelpText('after', () => createExamples(cli.invocation))
    .action(async (name: string, { from, like, ...changes }: Options) => {
      if ((from === undefined) === (like === undefined)) {
        throw new CliError(
          from === undefined ? 'The plan has no content.' : '--from and --like cannot be combined.',
          'Give one of --from FILE and --like PLAN.',
        );
      }
      const deployment = await cli.deployment();
      const base = from === undefined ? await requirePlan(deployment, like ?? '') : await readPlanFile(from);
      const created = await createPlan(deployment, name, changed(base, changes));
      await report(cli, { name, from: undefined, changed: created, json: changes.json });
    });

  withChanges(
    plans.command('set').description('change a plan made at run time').argument('<plan>', 'name of the plan'),
  )
    .addHelpText('after', () => setExamples(cli.invocation))
    .action(async (name: string, { from, ...changes }: Options) => {
      if (from === undefined && !changes.limit && changes.models === undefined)
        throw new CliError('There is nothing to change.', 'Give --limit, --models or --from FILE.');
      const file = from === undefined ? undefined : await readPlanFile(from);
      const outcome = await setPlan(await cli.deployment(), name, (present) =>
        changed(file ?? present, changes),
      );
      await report(cli, { name, from: outcome.from, changed: outcome.changed, json: changes.json });
    });
}

/** A plan with what the options change of it. It is checked later. */
function changed<Base extends Partial<Plan>>(base: Base, { limit, models }: Options): object {
  const limits = limit && parseLimits(limit, { none: true });
  return {
    ...base,
    ...(limits && { limits: limitsInForce(base.limits, { limits }, 0) }),
    ...(models !== undefined && { models: models.split(',').map((alias) => alias.trim()) }),
  };
}

/** @param file Relative to where npm was run. */
async function readPlanFile(file: string): Promise<Partial<Plan>> {
  const text = await readTextFile(file).catch((error: Error) => {
    throw new CliError(`${file} cannot be read: ${error.message}.`, 'Give a JSON file of a plan.');
  });
  const plan: unknown = parseJson(text);
  if (typeof plan === 'object' && plan !== null && !Array.isArray(plan)) return plan;
  throw new CliError(
    `${file} is not a plan in JSON.`,
    ({ command }) => `See one: ${command('plans show PLAN')}`,
  );
}

async function report(
  cli: Cli,
  {
    name,
    from,
    changed: isChanged,
    json,
  }: {
    readonly name: string;
    /** What it was. Undefined for a new one. */
    readonly from: Plan | undefined;
    readonly changed: boolean;
    readonly json: boolean | undefined;
  },
): Promise<void> {
  const { terminal, invocation } = cli;
  const deployment = await cli.deployment();
  const plan = await requirePlan(deployment, name);
  if (json) terminal.print(JSON.stringify({ name, changed: isChanged, plan }, null, 2));
  const place = `the plan ${name} in ${await cli.target()}`;
  const text = ({ limits }: Plan) => (limits && limitsText(limits)) || 'no limits';
  if (!isChanged) {
    terminal.note(`Nothing to change: ${place} already has ${text(plan)}.`);
    return;
  }
  const cost = costStatement({ ...deployment.config, plans: { [name]: plan }, teams: {} }).plans[0]
    ?.furtherTeam;
  const most =
    typeof cost === 'number'
      ? ` Each team on it can cost at most ${amountText('usd', cost)} per month.`
      : ' No exact limit bounds what a team on it can cost.';
  terminal.note(
    from === undefined
      ? `Made ${place}, with ${text(plan)}.${most} Put a team on it: ${invocation.command(`teams create NAME --plan ${name}`)}`
      : `Changed ${place}: it had ${text(from)}, and has ${text(plan)}.${most} New calls see this within ${believedForMs / 1000} seconds.`,
  );
}
