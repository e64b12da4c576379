import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A script in a process of its own, which answers one message at a time. */
export interface HelperProcess<Started, Command, Reply> {
  /** What it says when it is ready. */
  readonly started: Started;
  ask(command: Command): Promise<Reply>;
  stop(): Promise<void>;
}

/** @param script A file of this folder. */
export async function startHelper<Started, Command extends string | object, Reply>(
  script: string,
  args: readonly (string | number)[],
): Promise<HelperProcess<Started, Command, Reply>> {
  const child: ChildProcess = fork(join(import.meta.dirname, script), args.map(String), {
    execArgv: ['--conditions=@org/source'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with ${code}.`);
  });
  ended.catch(() => {});
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message;
  };
  return {
    started: await next(),
    ask(command) {
      const answered = next();
      child.send(command);
      return answered;
    },
    async stop() {
      child.disconnect();
      await ended.catch(() => {});
    },
  };
}
