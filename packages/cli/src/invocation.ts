import { defaultLocalUrl } from '@org/admin/local-gateway';
import { installation } from '@org/installation';

/** How to call this program again, so that its hints can be pasted. */
export interface Invocation {
  /** The text before a command: `npx proxy`. */
  readonly program: string;
  /** A command on the same deployment: `npx proxy keys list --local`. */
  command(text: string): string;
}

/** Options that choose the deployment. */
interface DeploymentOptions {
  readonly config?: string;
  /** URL of a local gateway. */
  readonly local?: string;
  readonly stack?: string;
}

const { program } = installation;

/** @param options Read again for every command, because they are known only once the arguments are parsed. */
export function invocationOf(options: () => DeploymentOptions): Invocation {
  return {
    program,
    command(text) {
      const { config, local, stack } = options();
      return [
        program,
        text,
        ...(local === undefined ? [] : ['--local']),
        ...(local === undefined || local === defaultLocalUrl ? [] : [quoted(local)]),
        ...(config === undefined ? [] : ['--config', quoted(config)]),
        ...(stack === undefined ? [] : ['--stack', quoted(stack)]),
      ].join(' ');
    },
  };
}

/** Quoted for a shell, if necessary. */
export function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
