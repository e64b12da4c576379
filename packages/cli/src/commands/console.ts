import { once } from 'node:events';
import type { ServedConsole, ServeOptions } from '@org/console';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';
import { type OpenedPage, openPage } from '../open-page.ts';

const about = ({ program }: Invocation) => `
Serves a page on this machine, for you alone, with your AWS rights: what is spent, teams, keys and their limits, models, a
playground, and what happened to a request. Nothing of it is in the cloud. It ends with Ctrl-C.

The link works once. With it, anyone can do what you can, so keep it to yourself.

Examples:
  ${program} console
  ${program} console --local
  ${program} console --port 9000 --no-open      over SSH: ssh -L 9000:127.0.0.1:9000 HOST
`;

interface Options {
  readonly port: number;
  readonly open?: boolean;
}

export function addConsole(program: Command, cli: Cli): void {
  program
    .command('console')
    .description("an operator's page on this machine: spend, teams, keys, limits, a playground")
    .option('--port <port>', 'its port on 127.0.0.1; 0 is any free one', portNumber, 0)
    .option('--open', 'open it in the browser (default: with a terminal)')
    .option('--no-open', 'only print the link')
    .addHelpText('after', () => about(cli.invocation))
    .action(async ({ port, open }: Options) => {
      const { terminal } = cli;
      const deployment = await cli.deployment();
      const served = await serve(port, {
        place: cli.isLocal() ? 'local' : 'aws',
        open: async () => deployment,
        onFault: (fault) => terminal.note(`error: ${fault}`),
      });
      const stopped = untilStopped();
      let opened: OpenedPage | undefined;
      try {
        terminal.note(`The console of ${await cli.target()}. Press Ctrl-C to stop it. This link works once:`);
        terminal.print(served.link);
        // There may be nowhere to write, or no program that opens it: the link is there.
        if (open ?? terminal.ask !== undefined) opened = await openPage(served.link).catch(() => undefined);
        await stopped;
      } finally {
        await opened?.forget();
        await served.close();
      }
    });
}

async function serve(port: number, options: Omit<ServeOptions, 'port'>): Promise<ServedConsole> {
  // Loaded only now: no other command needs it.
  const { ConsolePortInUseError, serveConsole } = await import('@org/console');
  try {
    return await serveConsole({ ...options, port });
  } catch (error) {
    if (!(error instanceof ConsolePortInUseError)) throw error;
    throw new CliError(error.message, 'Give another with --port, or leave it out for any free one.');
  }
}

async function untilStopped(): Promise<void> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}
