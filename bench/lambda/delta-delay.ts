import { clock } from '../backends/clock.ts';
import { runMeasurement } from './measurement.ts';

/** Milliseconds from when Bedrock sends a piece to when the proxy writes it, and to when the bare SDK yields it. */
export type DeltaDelay = Readonly<Record<'bare' | 'proxy', readonly number[]>>;

const streams = { warmUp: 4, measured: 20 };
const pieces = 100;

await runMeasurement(async ({ stream, bareStream }, { instruct }): Promise<DeltaDelay> => {
  const delays: Record<keyof DeltaDelay, number[]> = { bare: [], proxy: [] };
  const ways = {
    bare: (seen: () => void) => bareStream(seen),
    proxy: (seen: () => void) => stream((text) => text.includes('event: delta') && seen()),
  };
  for (let round = -streams.warmUp; round < streams.measured; round += 1) {
    for (const name of ['bare', 'proxy'] as const) {
      const seenAt: number[] = [];
      await instruct({ pace: 'timed', pieces });
      await ways[name](() => seenAt.push(clock()));
      const { sentAt } = await instruct({ pace: 'timed' });
      if (seenAt.length !== pieces || sentAt.length !== pieces) {
        throw new Error(`Of ${pieces} pieces ${sentAt.length} were sent and ${seenAt.length} seen.`);
      }
      if (round >= 0) delays[name].push(...seenAt.map((at, index) => at - (sentAt[index] ?? Number.NaN)));
    }
  }
  return delays;
});
