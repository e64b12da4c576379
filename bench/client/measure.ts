import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pieceCount, text } from './answers.ts';
import type { Bundle } from './bundles.ts';
import type { Client, ClientModule } from './client.ts';
import { type Statistics, statisticsOf } from './statistics.ts';

/** By the name of the subject. */
export type Measured = ReadonlyMap<string, Statistics>;

/** Measures each once a round, in an order that is drawn anew: what one leaves behind is not always the same one's loss. */
async function interleave(
  names: readonly string[],
  rounds: { readonly warmUp: number; readonly measured: number },
  measure: (name: string) => Promise<number>,
): Promise<Measured> {
  const values = new Map(names.map((name): [string, number[]] => [name, []]));
  for (let round = -rounds.warmUp; round < rounds.measured; round += 1) {
    const order = names.map((name) => ({ name, place: Math.random() })).sort((a, b) => a.place - b.place);
    for (const { name } of order) {
      const value = await measure(name);
      if (round >= 0) values.get(name)?.push(value);
    }
  }
  return new Map([...values].map(([name, list]) => [name, statisticsOf(list)]));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Milliseconds of one ask, and of one stream, in this process, over connections that are open. */
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
    asks: await interleave(names, { warmUp: 300, measured: 2000 }, (name) =>
      timed(async () => clients.get(name)?.ask()),
    ),
    streams: await interleave(names, { warmUp: 10, measured: 120 }, (name) =>
      timed(async () => clients.get(name)?.stream()),
    ),
  };
}

/** Milliseconds that a new process takes to import a bundle and ask once. */
export async function measureCold(
  bundles: ReadonlyMap<string, Bundle>,
  script: string,
  url: string,
): Promise<Measured> {
  return interleave([...bundles.keys()], { warmUp: 1, measured: 30 }, async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      bundles.get(name)?.file ?? '',
      url,
    ]);
    return Number(stdout);
  });
}
