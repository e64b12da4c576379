import { runMeasurement } from './measurement.ts';

/** Milliseconds of CPU, of all threads of the process, that one stream of many events takes. */
export interface LongStreams {
  readonly events: number;
  readonly bare: readonly number[];
  readonly proxy: readonly number[];
}

const events = 10_000;
const streams = { warmUp: 3, measured: 15 };

await runMeasurement(async ({ stream, bareStream }, { instruct }): Promise<LongStreams> => {
  await instruct({ pace: 'free', pieces: events });
  const ways = { bare: bareStream, proxy: stream };
  const taken = { bare: [] as number[], proxy: [] as number[] };
  for (let round = -streams.warmUp; round < streams.measured; round += 1) {
    for (const name of ['bare', 'proxy'] as const) {
      const before = process.cpuUsage();
      await ways[name](() => {});
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) taken[name].push((user + system) / 1000);
    }
  }
  return { events, ...taken };
});
