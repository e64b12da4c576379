import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Server {
  readonly url: string;
  stop(): void;
}

export async function startServer(): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'server.ts'));
  const [address]: { port: number }[] = await once(child, 'message');
  if (!address) throw new Error('The server has no address.');
  return { url: `http://127.0.0.1:${address.port}`, stop: () => child.disconnect() };
}
