import {
  addReceiver,
  listReceivers,
  type Receiver,
  type ReceiverOutcome,
  type ReceiverRecord,
  removeReceiver,
} from '@org/admin';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { renderTable } from '../output/table.ts';

const about = `
A notice is sent when a limit is nearly reached: at each share of "warnAt" in the config, once in a period. Changes need
no deployment, and are recorded: see audit. Receivers of the config are changed there.
`;

interface Options {
  readonly team?: string;
  readonly email?: string;
  readonly webhook?: string;
}

export function addNotices(program: Command, cli: Cli): void {
  const notices = program
    .command('notices')
    .description('say who gets a mail or a webhook when a limit is nearly reached')
    .addHelpText('after', about);
  addList(notices, cli);
  addAdd(notices, cli);
  addRemove(notices, cli);
}

const columns = ['receiver', 'by', 'teams', 'state', 'source'].map((head) => ({ head }));

function addList(notices: Command, cli: Cli): void {
  notices
    .command('list')
    .description('who gets notices, and of which teams')
    .option('--team <team>', 'only who gets those of this team')
    .option('--json', 'print JSON')
    .addHelpText('after', () => listExamples(cli.invocation))
    .action(async ({ team, json }: { readonly team?: string; readonly json?: boolean }) => {
      const receivers = (await listReceivers(await cli.deployment())).filter(
        ({ teams }) =>
          team === undefined || teams === 'all' || (Array.isArray(teams) && teams.includes(team)),
      );
      if (json) cli.terminal.print(JSON.stringify(receivers, null, 2));
      else if (receivers.length === 0)
        cli.terminal.note(`There are no receivers of notices in ${await cli.target()}.`);
      else cli.terminal.print(renderTable(columns, receivers.map(rowOf)));
    });
}

function rowOf({ endpoint, protocol, teams, confirmed, source }: ReceiverRecord): string[] {
  return [
    endpoint,
    protocol === 'email' ? 'mail' : protocol,
    typeof teams === 'string' ? teams : (teams?.join(', ') ?? 'not known'),
    confirmed ? 'confirmed' : 'not confirmed',
    source,
  ];
}

function addAdd(notices: Command, cli: Cli): void {
  receiving(notices.command('add'), 'whose notices it gets (default: all teams, also later ones)')
    .description('send notices to an address or a URL, which has to confirm first')
    .addHelpText('after', () => addExamples(cli.invocation))
    .action(async ({ team, ...options }: Options) => {
      const receiver = receiverOf(options);
      const outcome = await addReceiver(await cli.deployment(), { receiver, team });
      const whose = team === undefined ? 'all teams' : `the team ${team}`;
      const text = `${endpointOf(receiver)} ${outcomes[outcome]} the notices of ${whose} in ${await cli.target()}.`;
      cli.terminal.note(outcome === 'asked' ? `${text} ${howToConfirm(receiver)}` : text);
    });
}

const outcomes = {
  asked: 'was asked by SNS to confirm that it wants',
  changed: 'now also gets',
  unchanged: 'already gets',
} as const satisfies Record<ReceiverOutcome, string>;

function howToConfirm(receiver: Receiver): string {
  return 'email' in receiver
    ? 'It gets none until it opens the link in that mail.'
    : 'It gets none until it opens the SubscribeURL of that message.';
}

function addRemove(notices: Command, cli: Cli): void {
  receiving(notices.command('remove'), 'only those of this team (default: of all)')
    .description('send an address or a URL no more notices')
    .addHelpText('after', () => removeExamples(cli.invocation))
    .action(async ({ team, ...options }: Options) => {
      const receiver = receiverOf(options);
      await removeReceiver(await cli.deployment(), { receiver, team });
      const which = team === undefined ? 'notices' : `notices of the team ${team}`;
      cli.terminal.note(`${endpointOf(receiver)} gets no more ${which} in ${await cli.target()}.`);
    });
}

/** The options that name a receiver. */
function receiving(command: Command, ofTeam: string): Command {
  return command
    .option('--team <team>', ofTeam)
    .option('--email <address>', 'an address that gets mails')
    .option('--webhook <url>', 'an https URL that gets a signed POST');
}

/** @throws {CliError} If not exactly one is given. */
function receiverOf({ email, webhook }: Omit<Options, 'team'>): Receiver {
  if (email !== undefined && webhook === undefined) return { email };
  if (webhook !== undefined && email === undefined) return { webhook };
  throw new CliError(
    email === undefined ? 'No receiver was given.' : 'An address and a URL were given.',
    'Give one of --email ADDRESS and --webhook URL.',
  );
}

function endpointOf(receiver: Receiver): string {
  return 'email' in receiver ? receiver.email : receiver.webhook;
}

const listExamples = ({ program }: Invocation) => `
Examples:
  ${program} notices list
  ${program} notices list --team acme --json
`;

const addExamples = ({ program }: Invocation) => `
Run it again to send a receiver that has not confirmed another mail or request to do so.

Examples:
  ${program} notices add --team acme --email ann@example.com
  ${program} notices add --team acme --webhook https://hooks.example.com/limits
  ${program} notices add --email operators@example.com
`;

const removeExamples = ({ program }: Invocation) => `
Examples:
  ${program} notices remove --team acme --email ann@example.com
  ${program} notices remove --webhook https://hooks.example.com/limits
`;
