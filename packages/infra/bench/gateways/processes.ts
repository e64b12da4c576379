import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set<ChildProcess>();

// However the benchmark ends, nothing goes on running.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function track(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a script of this benchmark, which says one thing when it is ready. */
export async function startScript<Ready>(
  script: string,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const child = track(
    fork(join(import.meta.dirname, script), args, {
      execArgv: ['--conditions=@org/source', ...execArgv],
      // Nobody reads the log lines of the functions.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    }),
  );
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended (${code}) before it was ready.`);
  });
  const [ready] = await Promise.race([once(child, 'message'), ended]);
  return { child, ready };
}

/** Starts somebody else's server, and waits until it listens. */
export async function startServer(port: number, args: readonly string[]): Promise<ChildProcess> {
  const child = track(spawn(process.execPath, args, { stdio: 'ignore' }));
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (child.exitCode !== null) break;
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return child;
    await sleep(100);
  }
  throw new Error(`No server came up: ${args.join(' ')}`);
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return address.port;
}

/** Ends a process that was started here, and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill();
  await gone;
}
