import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';

/** A script of this repository in its own process. It answers one message at a time. */
export interface HelperProcess<Started, Command, Reply> {
  readonly pid: number;
  /** Its message when it is ready. */
  readonly started: Started;
  ask(command: Command): Promise<Reply>;
  /** Ends it, and waits until it is gone. It also ends when this process does. */
  stop(): Promise<void>;
}

export interface HelperOptions {
  readonly args?: readonly (string | number)[];
  /** Node options besides the workspace's export condition. */
  readonly execArgv?: readonly string[];
  /** Whether to discard its output. Default: false. */
  readonly quiet?: boolean;
}

/**
 * Starts a script, and waits until it is ready. The script sends one message then, answers each message with one, and
 * exits when it is disconnected.
 *
 * @param script Absolute path.
 * @throws {Error} If it ends before it is ready, or before it has answered.
 */
export async function startHelper<Started, Command extends string | object = never, Reply = never>(
  script: string,
  { args = [], execArgv = [], quiet = false }: HelperOptions = {},
): Promise<HelperProcess<Started, Command, Reply>> {
  const output = quiet ? 'ignore' : 'inherit';
  const child = fork(script, args.map(String), {
    execArgv: ['--conditions=@org/source', ...execArgv],
    stdio: ['ignore', output, output, 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${basename(script)} did not start.`);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${basename(script)} ended with ${code}.`);
  });
  ended.catch(() => {});
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message;
  };
  return {
    pid,
    started: await next(),
    ask(command) {
      const answered = next();
      child.send(command);
      return answered;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended.catch(() => {});
    },
  };
}
