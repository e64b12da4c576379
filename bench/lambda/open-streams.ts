import { runMeasurement } from './measurement.ts';

/** Bytes for each open stream. */
export interface OpenStreams {
  readonly openAtOnce: number;
  /** JavaScript objects and buffers. */
  readonly heap: number;
  /** Of the process. */
  readonly resident: number;
}

const openAtOnce = 200;

const [which] = process.argv.slice(2);

await runMeasurement(async ({ stream, bareStream }, { instruct }): Promise<OpenStreams> => {
  /** Opens streams, and resolves when each has its first piece. */
  const open = async (count: number): Promise<Promise<void>[]> => {
    const begun = Array.from({ length: count }, () => Promise.withResolvers<void>());
    const streams = begun.map(({ resolve }) =>
      which === 'bare' ? bareStream(() => resolve()) : stream(() => resolve()),
    );
    await Promise.all(begun.map(({ promise }) => promise));
    return streams;
  };

  await instruct({ pace: 'free' });
  // Warms up the code. Few at once, so that the process does not grow yet.
  for (let round = 0; round < 20; round += 1) await Promise.all(await open(10));
  const before = memory();
  await instruct({ pace: 'held' });
  const streams = await open(openAtOnce);
  const during = memory();
  await instruct({ pace: 'free' });
  await Promise.all(streams);
  return {
    openAtOnce,
    heap: (during.heap - before.heap) / openAtOnce,
    resident: (during.resident - before.resident) / openAtOnce,
  };
});

function memory(): Omit<OpenStreams, 'openAtOnce'> {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
