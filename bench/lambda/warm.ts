import { runMeasurement } from './measurement.ts';

/** Milliseconds of each call. */
export type Warm = Readonly<Record<'bare' | 'unlimited' | 'limited', readonly number[]>>;

/** The first rounds warm up the code on both ends. */
const rounds = { warmUp: 200, measured: 1000 };

await runMeasurement(async ({ ask, bareAsk }): Promise<Warm> => {
  const calls = [
    ['bare', bareAsk],
    ['unlimited', () => ask('unlimited')],
    ['limited', () => ask('limited')],
  ] as const;
  const times: Record<keyof Warm, number[]> = { bare: [], unlimited: [], limited: [] };
  for (let round = -rounds.warmUp; round < rounds.measured; round += 1) {
    // No call comes always after the same other.
    for (let index = 0; index < calls.length; index += 1) {
      const [name, call] = calls[(round + rounds.warmUp + index) % calls.length] ?? calls[0];
      const started = performance.now();
      await call();
      if (round >= 0) times[name].push(performance.now() - started);
    }
  }
  return times;
});
