import { inTurns, timed } from '../measure/turns.ts';
import { pieceCount, text } from './answers.ts';
import type { Bundle } from './bundles.ts';
import type { Client, ClientModule } from './client.ts';

/** Milliseconds by the name of the subject. */
export type Measured = ReadonlyMap<string, readonly number[]>;

/** One call, and one stream, in this process, over open connections. */
export async function measureWarm(
  bundles: ReadonlyMap<string, Bundle>,
  url: string,
): Promise<{ readonly asks: Measured; readonly streams: Measured }> {
  const clients = new Map<string, Client>();
  for (const [name, { file }] of bundles) {
    const { connect }: ClientModule = await import(file);
    const client = connect(url);
    if ((await client.ask()) !== text) throw new Error(`${name} got another answer.`);
    const pieces = await client.stream();
    if (pieces !== pieceCount) throw new Error(`${name} got ${pieces} pieces of a stream.`);
    clients.set(name, client);
  }
  const names = [...clients.keys()];
  return {
    asks: await inTurns(names, { warmUp: 300, measured: 2000 }, (name) =>
      timed(async () => clients.get(name)?.ask()),
    ),
    streams: await inTurns(names, { warmUp: 10, measured: 120 }, (name) =>
      timed(async () => clients.get(name)?.stream()),
    ),
  };
}
