import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const running = new Set<ChildProcess>();

// Stop every server, however the benchmark ends.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the server of another gateway, and waits until it listens. */
export async function startServer(port: number, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  running.add(child);
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
