/** How this program was called, so that what it says to do next can be pasted. */
export interface Invocation {
  /** What goes before a command: `./proxy`. */
  readonly program: string;
  /** The same for pipes: what runs it says nothing of its own. */
  readonly silentProgram: string;
  /** A command on the same deployment: `./proxy keys list --local`. */
  command(text: string): string;
}

/** Variables of the environment by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Options that say which deployment is meant. */
interface DeploymentOptions {
  readonly config?: string;
  /** URL of a local gateway. */
  readonly local?: string;
}

/**
 * @param environment Of the process; pnpm and npm say there who runs it.
 * @param options Read again for every command, because they are known only once the arguments are parsed.
 * @see https://docs.npmjs.com/cli/using-npm/scripts#environment
 */
export function invocationOf(environment: Environment, options: () => DeploymentOptions): Invocation {
  const byPnpm = environment['npm_config_user_agent']?.startsWith('pnpm/') ?? false;
  const program = byPnpm ? 'pnpm proxy' : './proxy';
  return {
    program,
    silentProgram: byPnpm ? 'pnpm --silent proxy' : './proxy',
    command(text) {
      const { config, local } = options();
      return [
        program,
        text,
        ...(local === undefined ? [] : ['--local', quoted(local)]),
        ...(config === undefined ? [] : ['--config', quoted(config)]),
      ].join(' ');
    },
  };
}

/** For a shell, where that makes a difference. */
export function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
